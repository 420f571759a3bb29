import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSource } from '../../../sources/open-source.js';
import { httpJson } from '../../../sources/declare.js';
import { paceOf } from '../../../sources/raw-body.js';
import { contract, interval, never, readAll } from './contract.js';
import { faultyServer, type FaultyServer } from './faulty-server.js';

const source = httpJson({
  url: 'http://127.0.0.1:1/query',
  query: { from: '{start}', to: '{end}', format: 'geojson' },
});
const timeouts = { headers: 300, silence: 300 };
const open = (address: string) => openSource(source, { address, timeouts });

contract('http-json', {
  open,
  serve: (_, response, { body }) => body(response),
  serveNothing: (_, response) => response.writeHead(204).end(),
});

describe('http-json', () => {
  let server: FaultyServer;
  beforeEach(async () => {
    server = await faultyServer();
  });
  afterEach(() => server.close());

  test('the address replaces the url, the query stays and gets the interval', async () => {
    server.handle = (_, response) => response.end('{}');
    await readAll(open(`${server.url}/fdsnws/event/1/query`));
    const { pathname, searchParams } = new URL(server.requests[0]?.url ?? '', server.url);
    expect(pathname).toBe('/fdsnws/event/1/query');
    expect(Object.fromEntries(searchParams)).toEqual({ from: interval.start, to: interval.end, format: 'geojson' });
  });

  test('the address takes the same times as a prefix', async () => {
    server.handle = (_, response) => response.end('{}');
    const daily = httpJson({ url: `${server.url}/{start:%Y/%m/%d}/all`, query: { since: '{start:epoch}' } });
    await readAll(openSource(daily, {}));
    expect(server.requests[0]?.url).toBe('/2022/11/24/all?since=1669284000');
  });

  test('it says who asks and wants no content encoding', async () => {
    server.handle = (_, response) => response.end('{}');
    await readAll(open(server.url));
    expect(server.requests[0]?.headers).toMatchObject({
      'user-agent': expect.stringMatching(/^waterclock\/\d+\.\d+\.\d+$/),
      'accept-encoding': 'identity',
    });
  });

  test('the object carries what the server said of it', async () => {
    server.handle = (_, response) => {
      response.writeHead(200, { etag: '"7"', 'last-modified': 'Thu, 24 Nov 2022 10:30:00 GMT', 'content-length': 2 });
      response.end('{}');
    };
    for await (const object of open(server.url).list(interval, never)) {
      expect(object).toMatchObject({ etag: '"7"', modified: '2022-11-24T10:30:00.000Z', bytes: 2, gzip: false });
    }
  });

  test('a redirect is followed', async () => {
    server.handle = ({ url }, response) =>
      url?.startsWith('/moved') ? response.end('here') : response.writeHead(302, { location: '/moved' }).end();
    expect((await readAll(open(server.url))).join()).toBe('here');
  });

  test('a refusal shows the beginning of the body', async () => {
    server.handle = (_, response) => response.writeHead(400).end(`Bad starttime value. ${'x'.repeat(1000)}`);
    const error: unknown = await readAll(open(server.url)).catch((error: unknown) => error);
    expect(error).toMatchObject({ name: 'SourceRefused', message: expect.stringContaining('Bad starttime value.') });
    expect((error as Error).message.length).toBeLessThan(600);
  });

  test.each([408, 425, 503])('HTTP %i may pass', async (status) => {
    server.handle = (_, response) => response.writeHead(status).end();
    await expect(readAll(open(server.url))).rejects.toMatchObject({ name: 'TransientError' });
  });

  test.each(['', 'GZIP', 'x-gzip', 'utf-8', 'aws-chunked', 'identity, identity', 'none'])(
    'the content encoding "%s" is left to the first bytes',
    async (encoding) => {
      const isGzip = /gzip/i.test(encoding);
      server.handle = (_, response) =>
        response.writeHead(200, { 'content-encoding': encoding }).end(isGzip ? gzipSync('{}') : '{}');
      for await (const object of open(server.url).list(interval, never)) expect(object.gzip).toBe(isGzip);
    },
  );

  test.each([
    '<https://x/2>; rel="next"',
    '<https://x/1>; rel=prev, <https://x/2>; rel=next',
    '<https://x/2>; rel="last next"',
  ])('a link to a next page fails: %s', async (link) => {
    server.handle = (_, response) => response.writeHead(200, { link }).end('{}');
    await expect(readAll(open(server.url))).rejects.toMatchObject({ name: 'MorePages' });
    const whole = openSource({ ...source, pages: 'none' }, { address: server.url, timeouts });
    expect(await readAll(whole)).toHaveLength(1);
  });

  test('a link elsewhere does not', async () => {
    server.handle = (_, response) => response.writeHead(200, { link: '<https://x/next>; rel="nextish"' }).end('{}');
    expect(await readAll(open(server.url))).toHaveLength(1);
  });

  test('an endless body ends at its limit', async () => {
    server.handle = (_, response) => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536)));
      };
      response.on('drain', more);
      more();
    };
    const limits = { bytes: 1_000_000, bytesPerSecond: 1 };
    const endless = openSource(source, { address: server.url, timeouts, limits });
    await expect(readAll(endless)).rejects.toMatchObject({
      name: 'SourceTooLarge',
      message: expect.stringContaining('more than 1000000 bytes') as string,
    });
  });

  test('a body that trickles is given up after a minute of waiting; what its reader takes does not count', () => {
    const pace = paceOf('GET x', { bytes: 1_000_000, bytesPerSecond: 100 });
    for (let at = 0; at < 20; at++) pace(at * 6_000, 6_000, 59_000 / 20);
    expect(() => pace(126_000, 6_000, 2_000)).not.toThrow();
    const slow = paceOf('GET x', { bytes: 1_000_000, bytesPerSecond: 100 });
    slow(10, 10, 30_000);
    expect(() => slow(20, 10, 30_000)).toThrow(
      expect.objectContaining({
        name: 'SourceTooSlow',
        message: 'GET x: gave 20 bytes in 60 s, less than 100 a second',
      }),
    );
  });

  test('a content encoding that raw cannot keep is refused', async () => {
    server.handle = (_, response) => response.writeHead(200, { 'content-encoding': 'compress' }).end('xx');
    await expect(readAll(open(server.url))).rejects.toMatchObject({ name: 'SourceRefused' });
  });
});
