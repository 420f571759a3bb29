import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface CountingProxy {
  url: string;
  /** what was asked for since `reset`, each request by its name */
  counts: Map<string, number>;
  reset(): void;
  close(): void;
}

/** in front of a service of AWS's kind; signatures stay right, since the host that the client named is passed on */
export async function countingProxy(
  target: string,
  nameOf: (asked: IncomingMessage) => string,
): Promise<CountingProxy> {
  const { hostname, port } = new URL(target);
  const counts = new Map<string, number>();
  const server = createServer((asked, answer) => {
    const name = nameOf(asked);
    counts.set(name, (counts.get(name) ?? 0) + 1);
    const { method, url, headers } = asked;
    const behind = request({ hostname, port, method, path: url, headers, agent: false }, (given) => {
      answer.writeHead(given.statusCode ?? 502, given.headers);
      given.pipe(answer);
    });
    behind.on('error', () => answer.destroy());
    answer.on('close', () => behind.destroy());
    asked.pipe(behind);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts,
    reset: () => counts.clear(),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** an operation of a service that speaks AWS's JSON: the Data API's, for one */
export const operationOf = ({ headers }: IncomingMessage) => String(headers['x-amz-target']).replace(/^.*\./, '');
