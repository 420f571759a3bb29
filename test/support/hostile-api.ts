import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const hostilePages = 200;
const recordsOfPage = 50;
/** fewer than the pages between two deaths of a worker, each of which fetches a token */
const usesOfToken = 7;

type Fault = (response: ServerResponse, body: string, page: number) => void;

/** what a page meets when it is asked for the first time; each kind comes at its own distance */
const faults: [every: number, at: number, fault: Fault][] = [
  [17, 3, (response) => response.writeHead(429, { 'retry-after': '1' }).end('slow down')],
  [34, 20, (response) => response.writeHead(429, { 'retry-after': new Date(Date.now() + 1500).toUTCString() }).end()],
  [19, 5, (response) => response.writeHead(500).end('oops')],
  [
    13,
    7,
    (response, body, page) => {
      response.writeHead(200, { 'content-length': Buffer.byteLength(body) });
      response.write(body.slice(0, (page * 97) % body.length), () => response.destroy());
    },
  ],
  [29, 11, (response, body, page) => response.writeHead(200).end(body.slice(0, (page * 61) % body.length))],
  [37, 9, (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Back soon</html>')],
  [23, 16, (response) => response.writeHead(503).end()],
];

export interface HostileApi {
  url: string;
  /** times that each page was given whole */
  given: Map<number, number>;
  /** of every request, and what came of it */
  asked: { page: number; status: 'whole' | 'fault' | 'refused' }[];
  tokens: string[];
  /** called at each request for a page, before its answer, and after it */
  onPage: (page: number, when: 'before' | 'after') => void;
  close(): void;
}

/** 10,000 records over 200 pages: if it is hostile, tokens end after a few requests, and pages fail in every way that passes */
export async function hostileApi(clientSecret: string, { isHostile = true } = {}): Promise<HostileApi> {
  const failed = new Set<string>();
  let uses = 0;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', api.url);
    if (url.pathname === '/token') return void giveToken(request, response);
    const page = Number(url.searchParams.get('page') ?? 0);
    if (request.headers.authorization !== `Bearer ${api.tokens.at(-1)}` || (++uses > usesOfToken && isHostile)) {
      api.asked.push({ page, status: 'refused' });
      return void response.writeHead(401).end(`bad token ${request.headers.authorization}`);
    }
    api.onPage(page, 'before');
    const isTwice = page === 3 && isHour(12, url.searchParams.get('since'));
    const body = JSON.stringify({ data: { items: recordsOf(isTwice ? page - 1 : page) } });
    const index = faults.findIndex(
      ([every, at]) => isHostile && page % every === at && !failed.has(`${page}/${every}`),
    );
    const [every, , fault] = faults[index] ?? [];
    if (fault) {
      failed.add(`${page}/${every}`);
      api.asked.push({ page, status: 'fault' });
      return fault(response, body, page);
    }
    const since = url.searchParams.get('since') ?? '';
    const next = misleading(since, page) ?? `${api.url}/orders?page=${page + 1}&since=${since}`;
    response.writeHead(200, page + 1 < hostilePages ? { link: `<${next}>; rel="next"` } : {});
    // a slow page now and then
    const pieces = isHostile && page % 31 === 4 ? (body.match(/.{1,500}/gs) ?? []) : [body];
    const give = () => {
      const piece = pieces.shift();
      if (piece !== undefined) return void response.write(piece, () => setTimeout(give, pieces.length > 0 ? 30 : 0));
      response.end(() => {
        api.asked.push({ page, status: 'whole' });
        api.given.set(page, (api.given.get(page) ?? 0) + 1);
        api.onPage(page, 'after');
      });
    };
    give();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const api: HostileApi = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    given: new Map(),
    asked: [],
    tokens: [],
    onPage: () => undefined,
    close: () => void server.close(),
  };

  /** hours whose pages have no good end: a loop, the page before it again, and another host */
  function misleading(since: string, page: number): string | undefined {
    if (isHour(11, since) && page === 3) return `${api.url}/orders?page=1&since=${since}`;
    return isHour(13, since) && page === 3 ? `${api.url.replace('127.0.0.1', '127.0.0.2')}/orders?page=4` : undefined;
  }

  async function giveToken(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const fields = new URLSearchParams(Buffer.concat(chunks).toString());
    if (fields.get('client_secret') !== clientSecret) return void response.writeHead(400).end(fields.toString());
    uses = 0;
    api.tokens.push(`planted-access-token-${api.tokens.length}`);
    response.end(JSON.stringify({ access_token: api.tokens.at(-1), expires_in: 3600 }));
  }
  return api;
}

const isHour = (hour: number, since: string | null) => since?.includes(`T${hour}:`) === true;

const recordsOf = (page: number) =>
  Array.from({ length: recordsOfPage }, (_, index) => {
    const id = page * recordsOfPage + index;
    return { id, note: `order ${id}` };
  });
