import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer as createHttp, type RequestListener } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';

export const openssl = '/usr/bin/openssl';

export interface ImitatedHosts {
  /** of a program that then reaches the hosts here, by HTTPS, under their own names */
  environment: Record<string, string>;
  close(): void;
}

/** servers of the internet, for programs that cannot be given another address: a proxy leads every host here, and a CA of its own vouches for them */
export async function imitatedHosts(folder: string, hosts: string[], answer: RequestListener): Promise<ImitatedHosts> {
  mkdirSync(folder, { recursive: true });
  const file = (name: string) => join(folder, name);
  const names = `subjectAltName=${hosts.map((host) => `DNS:${host}`).join(',')}`;
  const request = 'req -x509 -newkey rsa:2048 -nodes -days 2'.split(' ');
  const written = ['-keyout', file('key.pem'), '-out', file('cert.pem')];
  execFileSync(openssl, [...request, '-subj', '/CN=hosts of a test', '-addext', names, ...written], {
    stdio: 'ignore',
  });
  const server = createServer({ key: readFileSync(file('key.pem')), cert: readFileSync(file('cert.pem')) }, answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const proxy = createHttp((_, response) => response.writeHead(405).end());
  proxy.on('connect', ({ url = '' }, socket) => {
    if (!hosts.includes(url.replace(/:443$/, ''))) return void socket.end('HTTP/1.1 502 no such host\r\n\r\n');
    const upstream = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    for (const end of [socket, upstream]) end.on('error', () => [socket, upstream].forEach((one) => one.destroy()));
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    environment: {
      HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
      NO_PROXY: '127.0.0.1,localhost',
      REQUESTS_CA_BUNDLE: file('cert.pem'),
    },
    close() {
      for (const one of [server, proxy]) {
        one.close();
        one.closeAllConnections();
      }
    },
  };
}
