import type { ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { httpJson, s3Objects } from '../../../sources/declare.js';
import { openSource } from '../../../sources/open-source.js';
import { listObjects } from '../../../sources/s3-objects.js';
import type { Source } from '../../../model/source.js';
import { collect, interval, never, readAll } from './contract.js';
import { faultyServer, type FaultyServer } from './faulty-server.js';

let server: FaultyServer;
beforeEach(async () => {
  server = await faultyServer();
});
afterEach(() => server.close());

const bucket = s3Objects({ bucket: 'events', prefix: 'data/', modifiedIn: 'interval', anonymous: true });

/** the longest time without a sign while the work goes on, ms */
async function longestSilence(work: (sign: () => void) => Promise<unknown>): Promise<number> {
  let last = Date.now();
  let longest = 0;
  const sign = () => {
    longest = Math.max(longest, Date.now() - last);
    last = Date.now();
  };
  await work(sign);
  sign();
  return longest;
}

const read = (source: Source) => (sign: () => void) => readAll(openSource(source, { address: server.url, sign }));

function page(response: ServerResponse, keys: string[], next?: number): void {
  const contents = keys.map(
    (key) => `<Contents><Key>${key}</Key><LastModified>${interval.start}</LastModified><ETag>"e"</ETag></Contents>`,
  );
  const more = next === undefined ? '' : `<NextContinuationToken>${next}</NextContinuationToken>`;
  response.setHeader('content-type', 'application/xml');
  response.end(
    `<?xml version="1.0"?><ListBucketResult>${contents.join('')}<IsTruncated>${next !== undefined}</IsTruncated>${more}</ListBucketResult>`,
  );
}

test('a list of many slow pages of which none has an object of the interval gives a sign for each', async () => {
  const pages = 30;
  server.handle = (request, response) => {
    const at = Number(new URL(request.url ?? '', server.url).searchParams.get('continuation-token') ?? 0);
    void setTimeout(50).then(() => page(response, [], at + 1 < pages ? at + 1 : undefined));
  };
  expect(await longestSilence(read(bucket))).toBeLessThan(1_000);
  expect(server.requests).toHaveLength(pages);
  const looking = (sign: () => void) => collect(listObjects(bucket, [interval], { address: server.url, sign }, never));
  expect(await longestSilence(looking)).toBeLessThan(1_000);
});

/** 30 pieces, 50 ms apart */
async function slowly(response: ServerResponse): Promise<void> {
  for (let piece = 0; piece < 30; piece++) {
    response.write(' '.repeat(100));
    await setTimeout(50);
  }
  response.end('{}');
}

test('a page that arrives slowly but steadily gives signs all along, before anything of it is read', async () => {
  server.handle = (_, response) => void slowly(response);
  const http = httpJson({ url: `${server.url}/page` });
  expect(await longestSilence(read(http))).toBeLessThan(1_000);
});

test('a slow page of a list gives signs too, though only its end is of use', async () => {
  server.handle = (_, response) => {
    response.setHeader('content-type', 'application/xml');
    response.write('<?xml version="1.0"?><ListBucketResult>');
    void (async () => {
      for (let piece = 0; piece < 30; piece++) {
        response.write(' '.repeat(100));
        await setTimeout(50);
      }
      response.end('<IsTruncated>false</IsTruncated></ListBucketResult>');
    })();
  };
  expect(await longestSilence(read(bucket))).toBeLessThan(1_000);
});

test('a connection that brings nothing gives no sign, and fails by itself', async () => {
  server.handle = (_, response) => void response.write('{');
  let signs = 0;
  const source = httpJson({ url: `${server.url}/page` });
  const options = { address: server.url, sign: () => signs++, timeouts: { headers: 300, silence: 600 } };
  const driver = openSource(source, options);
  const reading = readAll(driver);
  await setTimeout(200);
  const before = signs;
  await expect(reading).rejects.toMatchObject({ name: 'TransientError' });
  expect(signs).toBe(before);
});
