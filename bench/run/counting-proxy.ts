import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** hands every request on, and counts them; `target`: the server's address, once it is there */
export async function countingProxy(target: () => string) {
  let count = 0;
  const server = createServer((incoming, outgoing) => {
    count++;
    const { method, headers, url = '/' } = incoming;
    const passed = request(new URL(url, target()), { method, headers }, (response) => {
      outgoing.writeHead(response.statusCode ?? 500, response.headers);
      response.pipe(outgoing);
    });
    passed.once('error', (error) => outgoing.destroy(error));
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    count: () => count,
    close: () => server.close(),
  };
}
