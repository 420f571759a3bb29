import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bearer, custom, http, httpJson, nextUrl, pageNumber, s3Objects, secret } from '../../../sources/declare.js';
import { sourceContract, type SourceContract } from '../../../testing/index.js';
import { faultyServer, type FaultyServer } from './faulty-server.js';

const token = 'planted-token/+&=1';
const pages = 4;
const records = { form: 'json', at: 'items' } as const;
const secrets = { SHOP_TOKEN: token };
const auth = bearer(secret('SHOP_TOKEN'));

/** a paged API with a token, and a bucket of three objects */
let server: FaultyServer;
let isRefusing = false;
beforeAll(async () => {
  server = await faultyServer();
  server.handle = (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', server.url);
    if (isRefusing) return response.writeHead(403).end(`no: ${request.headers.authorization} ${request.url}`);
    if (pathname.startsWith('/files')) return serveObjects(pathname, response);
    if (request.headers.authorization !== `Bearer ${token}`) return response.writeHead(401).end();
    const page = Number(searchParams.get('page') ?? 1);
    const next = page < pages ? `/rows?page=${page + 1}&again=${encodeURIComponent(token)}` : undefined;
    return response.end(JSON.stringify({ items: page > pages ? [] : [{ id: page }], next }));
  };
});
afterAll(() => server.close());

function serveObjects(
  path: string,
  response: { end(text: string): unknown; setHeader(name: string, value: string): unknown },
) {
  const key = path.replace(/^\/files\/?/, '');
  response.setHeader('etag', '"e"');
  if (key) return response.end(`{"id":"${key}"}\n`);
  const contents = ['in/a', 'in/b', 'in/c'].map(
    (name, at) =>
      `<Contents><Key>${name}</Key><LastModified>2022-11-24T10:0${at}:00.000Z</LastModified><ETag>"e"</ETag><Size>15</Size></Contents>`,
  );
  return response.end(`<?xml version="1.0"?><ListBucketResult>${contents.join('')}</ListBucketResult>`);
}

function refuse() {
  isRefusing = true;
  return () => void (isRefusing = false);
}

const contracts: Record<string, () => SourceContract> = {
  'http, next links that repeat the token': () => ({
    source: http({ url: 'https://api.example.com/rows', auth, pages: nextUrl('next'), records }),
    secrets,
    address: `${server.url}/rows`,
    refuse,
  }),
  'http, page numbers': () => ({
    source: http({ url: `${server.url}/rows`, auth, pages: pageNumber(), records }),
    secrets,
    refuse,
  }),
  'http, for each parent': () => ({
    source: http({
      url: `${server.url}/rows?page={each}`,
      auth,
      pages: 'none',
      records,
      each: { from: http({ url: `${server.url}/rows`, auth, pages: nextUrl('next'), records }), at: 'id' },
    }),
    secrets,
    refuse,
  }),
  'http, several requests': () => ({
    source: http({
      url: 'https://api.example.com/',
      auth,
      records,
      requests: {
        rows: { url: 'rows', pages: nextUrl('next') },
        lines: { url: 'rows?page={each}', pages: 'none', each: { from: 'rows', at: 'id' } },
        again: { url: '/rows', pages: pageNumber() },
      },
    }),
    secrets,
    address: server.url,
    refuse,
  }),
  httpJson: () => ({
    source: httpJson({ url: 'https://api.example.com/files/one' }),
    address: `${server.url}/files/one`,
    refuse,
  }),
  s3Objects: () => ({
    source: s3Objects({ bucket: 'files', prefix: 'in/', modifiedIn: 'interval', anonymous: true }),
    address: server.url,
    refuse,
  }),
  'custom with places': () => ({
    source: custom(
      async function* ({ secret, address, resume, signal }) {
        let page = (resume as { page: number } | undefined)?.page ?? 1;
        while (page > 0) {
          const url = `${address}/rows?page=${page}`;
          const answer = await fetch(url, { headers: { authorization: `Bearer ${secret('SHOP_TOKEN')}` }, signal });
          const body = await answer.text();
          if (!answer.ok) throw new Error(`${url}: ${answer.status} ${body}`);
          const { next } = JSON.parse(body) as { next?: string };
          const name = `page-${page}`;
          page = next ? page + 1 : 0;
          yield { name, body, resume: page > 0 ? { page, again: secret('SHOP_TOKEN') } : null };
        }
      },
      { secrets: ['SHOP_TOKEN'], records },
    ),
    secrets,
    address: server.url,
    refuse,
  }),
  'custom that begins again': () => ({
    source: custom(async function* ({ address, signal }) {
      for (const key of ['in/a', 'in/b']) {
        const answer = await fetch(`${address}/files/${key}`, { signal });
        if (!answer.ok) throw new Error(`${key}: ${answer.status}`);
        if (answer.body) yield { name: key, body: answer.body };
      }
    }),
    address: server.url,
    refuse,
  }),
};

describe.each(Object.keys(contracts))('%s', (kind) => {
  const contract = () => sourceContract(contracts[kind]?.() ?? expect.unreachable());
  const names = sourceContract({ source: custom(async function* () {}), secrets, refuse }).map(({ name }) => name);
  test.each([...names, 'a secret that is missing fails the list before anything is asked'])('%s', async (name) => {
    await contract()
      .find((check) => check.name === name)
      ?.check();
  });
});

describe('a source that breaks the contract is found out', () => {
  const failing = (source: SourceContract['source'], more: Partial<SourceContract> = {}) =>
    Promise.all(
      sourceContract({ source, secrets, ...more }).map(async ({ name, check }) => {
        const failed = await check().then(
          () => false,
          () => true,
        );
        return failed ? name : '';
      }),
    ).then((names) => names.filter(Boolean).join('; '));

  test('names by chance', async () => {
    const source = custom(async function* () {
      yield { name: `${Math.random()}`, body: '1' };
    });
    expect(await failing(source)).toContain('the same names and bytes again');
  });
  test('other bytes each time, unless it says so', async () => {
    let times = 0;
    const source = custom(async function* () {
      yield { name: 'a', body: `${times++}` };
    });
    expect(await failing(source)).toContain('the same names and bytes again');
    expect(await failing(source, { changes: true })).toBe('');
  });
  test('a place that begins again', async () => {
    const source = custom(async function* () {
      yield { name: 'a', body: '1', resume: { page: 2 } };
      yield { name: 'b', body: '2', resume: {} };
    });
    expect(await failing(source)).toContain('it goes on behind any object');
  });
  test('one that swallows a refusal', async () => {
    const source = custom(async function* ({ address }) {
      const answer = await fetch(`${address}/files/a`);
      yield { name: 'a', body: await answer.text() };
    });
    expect(await failing(source, { address: server.url, refuse, changes: true })).toContain('a refusal fails the list');
  });
});
