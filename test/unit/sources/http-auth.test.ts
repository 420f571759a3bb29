import { setMaxListeners } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { HttpAuth, HttpSource } from '../../../model/http-source.js';
import { redactor } from '../../../model/redact.js';
import {
  apiKey,
  basic,
  bearer,
  http,
  oauth2ClientCredentials,
  oauth2RefreshToken,
  pageNumber,
  secret,
} from '../../../sources/declare.js';
import { sourceSession, type SourceSession } from '../../../sources/http/session.js';
import { openSource } from '../../../sources/open-source.js';
import { collect, interval, never, readAll } from './contract.js';
import { faultyServer, type FaultyServer } from './faulty-server.js';

const environment = { SHOP_ID: 'client', SHOP_SECRET: 'planted-secret/+&', SHOP_TOKEN: 'planted-token\n', EMPTY: '' };
const timeouts = { headers: 1000, silence: 1000 };

// requests that go on side by side listen to it
setMaxListeners(0, never);

let server: FaultyServer;
let redact: ReturnType<typeof redactor>;
let session: SourceSession;
beforeEach(async () => {
  server = await faultyServer();
  redact = redactor({});
  session = sourceSession(environment, redact);
});
afterEach(async () => {
  await server.close();
});

const open = (source: HttpSource) => openSource(source, { timeouts, session, firstWait: 1 });
const read = (source: HttpSource) => readAll(open(source));
const ok = (response: ServerResponse) => response.writeHead(200).end('[1]');
const failed = (source: HttpSource) =>
  read(source).then(
    () => expect.unreachable('it did not fail'),
    (error: Error) => error,
  );

async function bodyOf(request: IncomingMessage): Promise<URLSearchParams> {
  return new URLSearchParams(Buffer.concat(await collect(request)).toString());
}

describe('credentials', () => {
  test.each<[string, HttpAuth, Record<string, string>, string]>([
    ['bearer', bearer(secret('SHOP_TOKEN')), { authorization: 'Bearer planted-token' }, '/'],
    [
      'basic',
      basic('me', secret('SHOP_SECRET')),
      { authorization: `Basic ${Buffer.from('me:planted-secret/+&').toString('base64')}` },
      '/',
    ],
    [
      'a key in a header',
      apiKey({ header: 'X-Key', prefix: 'Key ' }, secret('SHOP_TOKEN')),
      { 'x-key': 'Key planted-token' },
      '/',
    ],
    ['a key in the query', apiKey({ query: 'key' }, secret('SHOP_SECRET')), {}, '/?key=planted-secret%2F%2B%26'],
  ])('%s reaches the server, and no message', async (_, auth, headers, url) => {
    server.handle = (request, response) =>
      response
        .writeHead(403)
        .end(`no: ${request.headers.authorization} ${decodeURIComponent(request.url ?? '')} ${request.url}`);
    const error = await failed(http({ url: server.url, auth }));
    expect(server.requests[0]?.headers).toMatchObject(headers);
    expect(server.requests[0]?.url).toBe(url);
    expect(`${error.message} ${error.stack}`).not.toMatch(/planted|cGxhbnRl/);
  });

  test("an address's user and password", async () => {
    server.handle = (_, response) => ok(response);
    const address = server.url.replace('//', '//me:p%40ss@');
    await readAll(openSource(http({ url: 'http://127.0.0.1:1/' }), { address, timeouts }));
    expect(server.requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`);
  });

  test('secrets in query, header and body', async () => {
    const bodies: URLSearchParams[] = [];
    server.handle = async (request, response) => {
      bodies.push(await bodyOf(request));
      ok(response);
    };
    const token = secret('SHOP_TOKEN');
    const source = http({
      url: server.url,
      query: { t: token },
      headers: { 'X-T': token },
      body: { form: { t: token } },
    });
    for await (const { name } of open(source).list(interval, never)) expect(name).not.toContain('planted');
    expect(server.requests[0]).toMatchObject({
      url: '/?t=planted-token',
      headers: { 'x-t': 'planted-token' },
      method: 'POST',
    });
    expect(bodies[0]?.get('t')).toBe('planted-token');
    expect(JSON.stringify(source)).not.toContain('planted');
  });

  test.each(['NOT_THERE', 'EMPTY'])('a secret that is missing fails before the first request: %s', async (name) => {
    const error = await failed(http({ url: server.url, auth: bearer(secret(name)) }));
    expect(error).toMatchObject({ name: 'SecretMissing', message: expect.stringContaining(name) as string });
    expect(server.requests).toHaveLength(0);
  });
});

describe('OAuth2', () => {
  let tokens: URLSearchParams[];
  let valid: string;
  let lasts: number | undefined;
  beforeEach(() => {
    tokens = [];
    valid = '';
    lasts = 3600;
    server.handle = async (request, response) => {
      if (request.url === '/token') {
        tokens.push(await bodyOf(request));
        valid = `planted-token-${tokens.length}`;
        const more = { expires_in: lasts, refresh_token: `planted-refresh-${tokens.length}` };
        response.end(JSON.stringify({ access_token: valid, ...more }));
      } else if (request.headers.authorization === `Bearer ${valid}`) ok(response);
      else response.writeHead(401).end(`not ${request.headers.authorization}`);
    };
  });
  const auth = () =>
    oauth2ClientCredentials({
      tokenUrl: `${server.url}/token`,
      clientId: secret('SHOP_ID'),
      clientSecret: secret('SHOP_SECRET'),
      scope: 'orders:read',
    });

  test('one token serves all requests that begin together, and those after', async () => {
    const source = http({ url: `${server.url}/x`, auth: auth() });
    await Promise.all(Array.from({ length: 8 }, () => read(source)));
    await read(source);
    expect(tokens.map((fields) => Object.fromEntries(fields))).toEqual([
      {
        grant_type: 'client_credentials',
        scope: 'orders:read',
        client_id: 'client',
        client_secret: 'planted-secret/+&',
      },
    ]);
  });

  test('a token that is refused in the middle is renewed once for all', async () => {
    const source = http({ url: `${server.url}/x`, auth: auth() });
    await read(source);
    valid = 'another';
    await Promise.all(Array.from({ length: 8 }, () => read(source)));
    expect(tokens).toHaveLength(2);
  });

  test('a token is renewed before it ends', async () => {
    lasts = 0.05;
    const source = http({ url: `${server.url}/x`, auth: auth() });
    await read(source);
    await new Promise((resolve) => setTimeout(resolve, 40));
    await read(source);
    expect(tokens).toHaveLength(2);
    expect(server.requests.filter(({ url }) => url === '/x')).toHaveLength(2);
  });

  test('a 401 that a new token does not mend is a refusal, without the token', async () => {
    const { handle } = server;
    server.handle = (request, response) =>
      request.url === '/token' ? handle(request, response) : response.writeHead(401).end(request.headers.authorization);
    const error = await failed(http({ url: `${server.url}/x`, auth: auth() }));
    expect(error).toMatchObject({
      name: 'SourceRefused',
      message: expect.stringContaining('HTTP 401: Bearer ***') as string,
    });
    expect(tokens).toHaveLength(2);
  });

  test('a refresh token that was replaced is not used again', async () => {
    const source = http({
      url: `${server.url}/x`,
      auth: oauth2RefreshToken({
        tokenUrl: `${server.url}/token`,
        clientId: 'client',
        clientSecret: secret('SHOP_SECRET'),
        refreshToken: secret('SHOP_TOKEN'),
        client: 'basic',
      }),
    });
    await read(source);
    valid = 'another';
    await read(source);
    expect(tokens.map((fields) => fields.get('refresh_token'))).toEqual(['planted-token', 'planted-refresh-1']);
    const sent = `Basic ${Buffer.from('client:planted-secret%2F%2B%26').toString('base64')}`;
    expect(server.requests[0]?.headers.authorization).toBe(sent);
  });

  test.each([
    [400, 'SourceRefused'],
    [503, 'TransientError'],
  ])('HTTP %i of the token address is told without the secret', async (status, name) => {
    server.handle = async (request, response) =>
      response.writeHead(status).end(`bad client_secret: ${(await bodyOf(request)).toString()}`);
    const error = await failed(http({ url: `${server.url}/x`, auth: auth() }));
    expect(error.name).toBe(name);
    expect(error.message).toContain('/token (for a token): got HTTP');
    expect(error.message).not.toContain('planted');
  });

  test('another address of the source takes its own token address along', async () => {
    const base = 'https://api.example.com';
    const { tokenUrl: _, ...rest } = auth() as Extract<HttpAuth, { tokenUrl: string }>;
    const source = http({ url: `${base}/x`, auth: { ...rest, tokenUrl: `${base}/token` } });
    await readAll(openSource(source, { timeouts, session, address: `${server.url}/x` }));
    expect(tokens).toHaveLength(1);
  });

  test('a token address that failed is asked again', async () => {
    const { handle } = server;
    server.handle = (_, response) => response.writeHead(503).end();
    const source = http({ url: `${server.url}/x`, auth: auth() });
    await failed(source);
    server.handle = handle;
    await read(source);
    expect(tokens).toHaveLength(1);
  });
});

describe('statuses, rates and failures', () => {
  test.each([
    [{ wait: [403] }, 403, 'TransientError'],
    [{ giveUp: [503] }, 503, 'SourceRefused'],
    [{ giveUp: [202] }, 202, 'SourceRefused'],
  ])('%j is heard', async (statuses, status, name) => {
    server.handle = (_, response) => response.writeHead(status).end();
    expect(await failed(http({ url: server.url, statuses }))).toMatchObject({ name });
  });

  test.each([
    ['seconds', () => '1'],
    ['a date', () => new Date(Date.now() + 2000).toUTCString()],
  ])('a page waits as long as Retry-After says in %s', async (_, header) => {
    const begun = Date.now();
    server.handle = (request, response) => {
      if (server.requests.length === 2) response.writeHead(429, { 'retry-after': header() }).end();
      else response.end(request.url === '/?page=3' ? '[]' : `[${server.requests.length}]`);
    };
    expect(await read(http({ url: server.url, pages: pageNumber() }))).toHaveLength(3);
    expect(Date.now() - begun).toBeGreaterThan(900);
  });

  test('a long wait gives the slot back', async () => {
    server.handle = (_, response) => response.writeHead(429, { 'retry-after': '3600' }).end();
    expect(await failed(http({ url: server.url, pages: pageNumber() }))).toMatchObject({ retryAfter: 3_600_000 });
    expect(server.requests).toHaveLength(1);
  });

  test('requests of all runs keep to the rate together', async () => {
    server.handle = (_, response) => ok(response);
    const source = http({ url: server.url, rate: { perSecond: 20 } });
    const begun = Date.now();
    await Promise.all(Array.from({ length: 11 }, () => read(source)));
    expect(Date.now() - begun).toBeGreaterThanOrEqual(490);
  });

  test('a server that has no request left is asked after its reset', async () => {
    const rate = { remaining: 'X-RateLimit-Remaining', reset: 'X-RateLimit-Reset' };
    server.handle = (_, response) =>
      response.writeHead(200, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1' }).end('[1]');
    const source = http({ url: server.url, rate });
    const begun = Date.now();
    await read(source);
    await read(source);
    expect(Date.now() - begun).toBeGreaterThanOrEqual(950);
  });

  test.each<[HttpSource['failure'], unknown, string | undefined]>([
    [
      { at: 'errors', message: 'errors.0.message', wait: false },
      { errors: [{ message: 'bad field' }] },
      'SourceRefused',
    ],
    [{ at: 'ok', is: false, message: 'error', wait: true }, { ok: false, error: 'bad field' }, 'TransientError'],
    [{ at: 'errors', wait: false }, { errors: [] }, undefined],
    [{ at: 'ok', is: false, wait: false }, { ok: true }, undefined],
  ])('%j with status 200', async (failure, body, name) => {
    server.handle = (_, response) => response.end(JSON.stringify(body));
    const source = { ...http({ url: server.url }), ...(failure && { failure }) };
    if (name)
      expect(await failed(source)).toMatchObject({ name, message: expect.stringContaining('bad field') as string });
    else expect(await read(source)).toHaveLength(1);
  });

  test('a request that takes too long in all may pass', async () => {
    server.handle = (_, response) => {
      const drip = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(drip));
    };
    const source = { ...http({ url: server.url, pages: pageNumber() }), timeouts: { total: 200 } };
    expect(await failed(source)).toMatchObject({
      name: 'TransientError',
      message: expect.stringContaining('took more than 0.2 s in all') as string,
    });
  });

  test('an answer above the bytes that are declared is refused', async () => {
    server.handle = (_, response) => response.end(Buffer.alloc(100_000, ' '));
    expect(await failed(http({ url: server.url, mostBytes: 1000 }))).toMatchObject({ name: 'SourceTooLarge' });
  });
});
