import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CommandFailure, exitCodes } from '../control/failure.js';

/** one page on this machine, until the command ends; resolves with its address */
export async function servePage(page: Uint8Array, port: number): Promise<string> {
  const server = createServer((request, response) => {
    const isThere = request.method === 'GET' && (request.url ?? '').split(/[?#]/)[0] === '/';
    response.writeHead(isThere ? 200 : 404, { 'content-type': isThere ? 'text/html; charset=utf-8' : 'text/plain' });
    response.end(isThere ? page : 'not found');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why =
        cause.code === 'EADDRINUSE' ? 'is taken: choose another with --port' : `cannot be used: ${cause.message}`;
      reject(new CommandFailure(exitCodes.failed, `port ${port} ${why}`, { cause }));
    });
    server.listen(port, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
