import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Handle = (request: IncomingMessage, response: ServerResponse) => unknown;

export interface FaultyServer {
  url: string;
  requests: IncomingMessage[];
  /** what the next requests meet */
  handle: Handle;
  close(): Promise<void>;
}

/** a real HTTP server that answers as the test says */
export async function faultyServer(): Promise<FaultyServer> {
  const requests: IncomingMessage[] = [];
  const http = createServer((request, response) => {
    requests.push(request);
    server.handle(request, response);
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const server: FaultyServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    requests,
    handle: (_, response) => response.writeHead(404).end(),
    close: async () => {
      http.close();
      http.closeAllConnections();
      await once(http, 'close');
    },
  };
  return server;
}
