import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface EchoApi {
  url: string;
  /** tokens that it has given */
  tokens: string[];
  close(): void;
}

/**
 * an API and a bucket that answer with everything that they were sent: in errors, in links to the next page, in tokens that
 * they refuse and in pages that are cut. Each path fails in three ways, gives two pages, and refuses from then on
 */
export async function echoApi(): Promise<EchoApi> {
  const faults = new Map<string, number>();
  const server = createServer((request, response) => void answer(request, response));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    const sent = await sentWith(request);
    const url = new URL(request.url ?? '', api.url);
    const [, name = ''] = url.pathname.split('/');
    if (url.pathname === '/token') {
      api.tokens.push(`planted-given-token-${api.tokens.length}`);
      const [token] = api.tokens.slice(-1);
      return response.end(JSON.stringify({ access_token: token, expires_in: 3600, refresh_token: `${token}-again` }));
    }
    const times = (faults.get(name) ?? 0) + 1;
    faults.set(name, times);
    if (times === 1) return response.writeHead(503).end(`away: ${sent}`);
    if (times === 2) return response.writeHead(200).end(`<html>${sent}</html>`);
    if (times === 3) return response.writeHead(200).end(`{"items": [${sent}`);
    if (times > 5) return response.writeHead(times % 2 ? 401 : 403).end(`no: ${sent}`);
    const next = new URL(url);
    next.searchParams.set('page', '2');
    const page = url.searchParams.get('page') ?? '1';
    // a text where a number is wanted is rejected
    const items = [
      { id: `${name}-${page}`, n: Number(page) },
      { id: `${name}-${page}-bad`, n: 'x' },
    ];
    return response.end(JSON.stringify({ items, ...(page === '1' && { next: next.href }) }));
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const api: EchoApi = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tokens: [],
    close: () => void server.close(),
  };
  return api;
}

async function sentWith(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const { authorization = '' } = request.headers;
  const decoded = authorization.startsWith('Basic ')
    ? Buffer.from(authorization.slice('Basic '.length), 'base64').toString()
    : '';
  const url = request.url ?? '';
  return [url, decodeURIComponent(url), JSON.stringify(request.headers), decoded, Buffer.concat(chunks)].join(' ');
}
