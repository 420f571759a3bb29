import { connect, createServer, constants, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';

export interface TokenProxy {
  address: string;
  /** the only token that it lets through */
  accepts(token: string): void;
  /** calls that it let through with each token */
  passed: Map<string, number>;
  /** calls that it refused */
  refused: number;
  close(): void;
}

const permissionDenied = '7';

/** in front of a Temporal that asks nobody who he is: as a frontend with authorization it refuses calls without the token of the hour */
export async function tokenProxy(target: string, first: string): Promise<TokenProxy> {
  let accepted = first;
  const behind = connect(`http://${target}`);
  const sessions = new Set<ServerHttp2Session>();
  const server = createServer();
  server.on('session', (session) => sessions.add(session.on('close', () => sessions.delete(session))));
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    const token = /^Bearer (.*)$/.exec(headers.authorization ?? '')?.[1] ?? '';
    if (token !== accepted) {
      proxy.refused++;
      const answer = { 'grpc-status': permissionDenied, 'grpc-message': 'Request unauthorized.' };
      stream.respond({ ':status': 200, 'content-type': 'application/grpc', ...answer }, { endStream: true });
      return;
    }
    proxy.passed.set(token, (proxy.passed.get(token) ?? 0) + 1);
    const { ':authority': _, ...kept } = headers;
    const call = behind.request({ ...kept, ':authority': target });
    let trailers = {};
    call.on('response', ({ ':status': status, ...sent }) => {
      stream.respond({ ':status': status, ...sent }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers(trailers));
    });
    call.on('trailers', (sent) => (trailers = sent));
    call.on('error', () => stream.close(constants.NGHTTP2_INTERNAL_ERROR));
    stream.on('close', () => call.close(constants.NGHTTP2_CANCEL));
    stream.pipe(call).pipe(stream);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: TokenProxy = {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    accepts: (token) => (accepted = token),
    passed: new Map(),
    refused: 0,
    close() {
      for (const session of sessions) session.destroy();
      behind.destroy();
      server.close();
    },
  };
  return proxy;
}
