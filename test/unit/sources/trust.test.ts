import type { LookupFunction } from 'node:net';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isOwnAddress } from '../../../model/addresses.js';
import type { HttpSource } from '../../../model/http-source.js';
import { redactor } from '../../../model/redact.js';
import { bearer, http, nextLink, nextUrl, oauth2ClientCredentials, secret } from '../../../sources/declare.js';
import { httpProblems } from '../../../define/http-problems.js';
import { sourceSession } from '../../../sources/http/session.js';
import { trustOf } from '../../../sources/http/trust.js';
import { openSource } from '../../../sources/open-source.js';
import { collect, interval, never, readAll } from './contract.js';
import { faultyServer, type FaultyServer } from './faulty-server.js';

const environment = { SHOP_TOKEN: 'planted-token', SHOP_SECRET: 'planted-secret/+&' };
const timeouts = { headers: 1000, silence: 1000 };

let server: FaultyServer;
let other: FaultyServer;
beforeEach(async () => {
  [server, other] = await Promise.all([faultyServer(), faultyServer()]);
});
afterEach(async () => {
  await Promise.all([server.close(), other.close()]);
});

/** names that lead to this machine, as a name of anybody's may */
const lookup: LookupFunction = (host, options, done) => {
  if (!host.endsWith('.test')) return done(new Error(`${host} is not known`), '', 0);
  if ('all' in options && options.all) done(null, [{ address: '127.0.0.1', family: 4 }]);
  else done(null, '127.0.0.1', 4);
};

const session = () => sourceSession(environment, redactor({}));
const open = (source: HttpSource, named = false) =>
  openSource(source, { timeouts, session: session(), firstWait: 1, ...(named && { lookup }) });
const read = (source: HttpSource, named?: boolean) => readAll(open(source, named));
const ok = (response: ServerResponse) => response.writeHead(200).end('[1]');
const failed = (source: HttpSource, named?: boolean) =>
  read(source, named).then(
    () => expect.unreachable('it did not fail'),
    (error: Error) => error,
  );

const auth = bearer(secret('SHOP_TOKEN'));
const host = () => new URL(other.url).host;

test.each([false, true])('a redirect to another host: named %s', async (isNamed) => {
  server.handle = (_, response) => response.writeHead(302, { location: `${other.url}/there?a=1` }).end();
  other.handle = (_, response) => ok(response);
  const source = http({
    url: server.url,
    auth,
    headers: { 'x-plain': 'p', 'x-secret': secret('SHOP_SECRET') },
    hosts: isNamed ? [host()] : [],
  });
  if (isNamed) {
    await read(source);
    expect(other.requests[0]?.headers).toMatchObject({ 'x-plain': 'p' });
    expect(JSON.stringify(other.requests[0]?.headers)).not.toContain('planted');
  } else {
    expect(await failed(source)).toMatchObject({
      name: 'UntrustedAddress',
      message: expect.stringContaining(`leads to ${host()}, another host`) as string,
    });
    expect(other.requests).toHaveLength(0);
  }
});

test('a redirect within the host keeps the credentials, and the method where it must', async () => {
  server.handle = (request, response) =>
    request.url === '/x' ? response.writeHead(307, { location: '/y' }).end() : ok(response);
  await read(http({ url: `${server.url}/x`, auth, body: { json: {} } }));
  expect(server.requests[1]).toMatchObject({ method: 'POST', headers: { authorization: 'Bearer planted-token' } });
});

test('a body goes to no other host', async () => {
  server.handle = (_, response) => response.writeHead(307, { location: other.url }).end();
  const error = await failed(http({ url: server.url, body: { json: { key: secret('SHOP_TOKEN') } }, hosts: [host()] }));
  expect(error.name).toBe('UntrustedAddress');
  expect(other.requests).toHaveLength(0);
});

test('a next link to another host', async () => {
  server.handle = (_, response) => response.writeHead(200, { link: `<${other.url}/2>; rel=next` }).end('[1]');
  const source = http({ url: server.url, auth, pages: nextLink() });
  expect(await failed(source)).toMatchObject({ name: 'UntrustedAddress' });
  other.handle = (_, response) => ok(response);
  expect(await read({ ...source, hosts: [host()] })).toHaveLength(2);
  expect(other.requests[0]?.headers.authorization).toBeUndefined();
});

test.each([
  ['http://api.example.com/2', 'leads from https to http'],
  ['//evil.com/2', 'another host'],
  ['\\\\evil.com/2', 'another host'],
  ['/\\evil.com/2', 'another host'],
  ['https://evil.com\\@api.example.com/', 'another host'],
  ['https://api.example.com.evil.com/', 'another host'],
  ['https://api.example.com@evil.com/', 'another host'],
  ['https://api.example.com:8443/', 'another host'],
  ['https://api.example.com./', 'another host'],
  ['https://api。example。com.evil.com/', 'another host'],
  ['\thttps://evil.com/', 'another host'],
  ['ht\ntps://evil.com/', 'another host'],
  ['file:///etc/passwd', 'begins with file:'],
  ['javascript:alert(1)', 'begins with javascript:'],
  ['data:application/json,[]', 'begins with data:'],
  ['https://[fe80::1%25eth0]/', 'is not an address'],
])('%j is refused', (address, why) => {
  const own = new URL('https://api.example.com/1');
  expect(() => trustOf(own, { hosts: [] }).follow(address, own, 'GET x: the redirect')).toThrow(why);
});

test.each([
  '169.254.169.254',
  '169.254.170.2',
  '100.100.100.200',
  '127.1',
  '0x7f.1',
  '0177.0.0.1',
  '2130706433',
  '017700000001',
  '0xa9fea9fe',
  '0',
  '１２７.０.０.１',
  '127。0。0。1',
  'localhost',
  'LOCALHOST.',
  'a.localhost',
  '[::1]',
  '[::]',
  '[0:0:0:0:0:0:0:1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:a9fe:a9fe]',
  '[::ffff:0:169.254.169.254]',
  '[::127.0.0.1]',
  '[64:ff9b::169.254.169.254]',
  '[64:ff9b:1::7f00:1]',
  '[2002:7f00:1::]',
  '[fe80::1]',
  '[febf::1]',
  '[fd00:ec2::254]',
  '[fd20:ce::254]',
])('%s is an address of the machine or network itself, and is refused though it is named', (host) => {
  const own = new URL('https://api.example.com/1');
  const { hostname, host: named } = new URL(`https://${host}/`);
  expect(isOwnAddress(hostname)).toBe(true);
  expect(() => trustOf(own, { hosts: [named] }).follow(`https://${host}/`, own, 'GET x')).toThrow(
    'an address of the machine or network itself',
  );
});

test.each(['example.com', '10.0.0.1', '[fd00::1]', '8.8.8.8', '[2606:4700::1111]', '[::ffff:8.8.8.8]', '1.169.254.1'])(
  '%s is not',
  (host) => expect(isOwnAddress(new URL(`https://${host}/`).hostname)).toBe(false),
);

test('a name that leads to this machine: the source itself may, what an answer leads to may not', async () => {
  const [own, foreign] = ['api.test', 'files.test'];
  const at = (host: string, { url }: FaultyServer) => url.replace('127.0.0.1', host);
  server.handle = (request, response) =>
    request.url === '/' ? response.writeHead(302, { location: `${at(foreign, other)}/2` }).end() : ok(response);
  other.handle = (_, response) => ok(response);
  const source = http({ url: `${at(own, server)}/`, hosts: [new URL(at(foreign, other)).host] });
  const error = await failed(source, true);
  expect(error).toMatchObject({
    name: 'UntrustedAddress',
    message: expect.stringContaining('files.test is 127.0.0.1, an address of the machine') as string,
  });
  expect(other.requests).toHaveLength(0);
  expect(await read({ ...source, url: `${at(own, server)}/x` }, true)).toHaveLength(1);
});

test('a token address whose name leads to this machine gets no secret', async () => {
  server.handle = (_, response) => ok(response);
  const tokens = other.url.replace('127.0.0.1', 'login.test');
  const source = http({
    url: server.url.replace('127.0.0.1', 'api.test'),
    auth: oauth2ClientCredentials({
      tokenUrl: `${tokens}/token`,
      clientId: 'me',
      clientSecret: secret('SHOP_SECRET'),
    }),
    hosts: [new URL(tokens).host],
  });
  expect(await failed(source, true)).toMatchObject({ name: 'UntrustedAddress' });
  expect(other.requests).toHaveLength(0);
});

test('a token address that a param moved to another host gets no secret', async () => {
  const source = http({
    url: server.url,
    auth: oauth2ClientCredentials({
      tokenUrl: `${other.url}/token`,
      clientId: 'me',
      clientSecret: secret('SHOP_SECRET'),
    }),
  });
  expect(await failed(source)).toMatchObject({
    name: 'UntrustedAddress',
    message: expect.stringContaining('the token address leads to') as string,
  });
  expect(other.requests).toHaveLength(0);
});

test('a redirect of the token address takes the secret nowhere', async () => {
  server.handle = (_, response) => response.writeHead(307, { location: `${other.url}/token` }).end();
  const source = http({
    url: server.url,
    auth: oauth2ClientCredentials({
      tokenUrl: `${server.url}/token`,
      clientId: 'me',
      clientSecret: secret('SHOP_SECRET'),
    }),
    hosts: [new URL(other.url).host],
  });
  expect(await failed(source)).toMatchObject({ name: 'SourceRefused' });
  expect(other.requests).toHaveLength(0);
});

test('an answer that names a secret in a next page does not get its value', async () => {
  server.handle = (request, response) => {
    const next = request.url === '/' ? `${server.url}/2?a={secret:SHOP_SECRET}&b={secret:}` : '';
    response.end(JSON.stringify({ items: [request.url], next }));
  };
  const source = http({
    url: `${server.url}/`,
    auth: bearer(secret('SHOP_SECRET')),
    pages: nextUrl('next'),
    records: { form: 'json', at: 'items' },
  });
  const [first] = await collect(open(source).list(interval, never));
  server.requests.length = 0;
  await collect(open(source).list(interval, never, first?.after));
  const { url = '' } = server.requests[0] ?? {};
  expect(url).not.toContain('planted');
  expect(url).toContain('{secret:SHOP_SECRET}&b={secret:}');
});

test.each([
  ['https://{each}/items', false, true],
  ['https://{each}.example.com/items', false, false],
  ['https://api.example.com{each}/items', false, true],
  ['https://{each}.com/items', false, true],
  ['https://{params.shop}.example.com:8443/items', true, false],
  ['https://{params.shop}/items', true, true],
  ['https://{params.shop}/items', false, false],
  ['https://api.example.com/{each}', true, false],
])('%s, with credentials: %s, lets somebody choose the host: %s', (url, hasSecrets, isRefused) => {
  const from = http({ url: 'https://api.example.com/parents' });
  const auth = hasSecrets ? { auth: bearer(secret('SHOP_TOKEN')) } : {};
  const source = http({ url, ...auth, ...(url.includes('{each}') && { each: { from, at: 'id' } }) });
  const problems = httpProblems(source).filter((problem) => problem.includes('choose the host'));
  expect(problems.length > 0).toBe(isRefused);
});

test.each(['..', '.', ''])('a parent whose value is %j does not lead to another path', async (value) => {
  server.handle = (request, response) =>
    response.end(request.url === '/parents' ? JSON.stringify([{ id: value }]) : '[1]');
  const source = http({
    url: `${server.url}/parents/{each}/lines`,
    each: { from: http({ url: `${server.url}/parents` }), at: 'id' },
  });
  expect(await failed(source)).toMatchObject({ name: 'SourceRefused' });
  expect(server.requests).toHaveLength(1);
});

test('a page of HTML that repeats a secret at the cut shows no part of it', async () => {
  const lead = '<html>'.padEnd(74, ' x');
  server.handle = (_, response) => response.end(`${lead}planted-secret/+&`);
  const error = await failed(http({ url: server.url, auth: bearer(secret('SHOP_SECRET')), pages: nextLink() }));
  expect(error.message).toContain('HTML');
  expect(error.message).not.toContain('plan');
});

test('a cut page that repeats a secret shows no part of it', async () => {
  server.handle = (_, response) => response.end('{"a": planted-secret/+&');
  const error = await failed(http({ url: server.url, auth: bearer(secret('SHOP_SECRET')), pages: nextLink() }));
  expect(error.message).toContain('not a whole JSON document (23 characters) at byte 6');
  expect(`${error.message} ${String(error.cause)}`).not.toContain('plan');
});
