import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { makeBuckets } from '../../control/buckets.js';

let server: Server;
/** status of each answer, by method */
let answers: Record<string, number>;
let made: string[];
beforeEach(async () => {
  made = [];
  server = createServer((request, response) => {
    const status = answers[request.method ?? ''] ?? 500;
    if (request.method === 'PUT' && status === 200) made.push(request.url?.split('?')[0] ?? '');
    response.writeHead(status, { 'content-type': 'application/xml' });
    response.end(status === 403 && request.method === 'PUT' ? '<Error><Code>AccessDenied</Code></Error>' : '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  vi.stubEnv('AWS_ENDPOINT_URL_S3', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
});
afterEach(() => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
});

test('a bucket that is missing is made', async () => {
  answers = { HEAD: 404, PUT: 200 };
  expect(await makeBuckets(['shop-files'], true, false)).toEqual(['shop-files']);
  expect(made).toEqual(['/shop-files/']);
});

test.each([
  ['may not be made', { HEAD: 404, PUT: 403 }, 'the bucket shop-files does not exist, and these credentials may not'],
  ['may not be seen', { HEAD: 403 }, 'the bucket shop-files answers "forbidden"'],
])('one that %s fails, and says where a deployment names its own', async (_, given, message) => {
  answers = given;
  const failure = await makeBuckets(['shop-files'], true, false).catch((error: unknown) => String(error));
  expect(failure).toContain(message);
  expect(failure).toContain('lake.rawBuckets of infra/settings.ts');
  expect(failure).toContain('WATERCLOCK_RAW_BUCKETS');
});
