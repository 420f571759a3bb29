import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Dependencies } from '../../../activities/dependencies.js';
import { extract } from '../../../activities/extract.js';
import type { ObjectStore } from '../../../lake/object-store.js';
import type { RunRef } from '../../../model/keys.js';
import type { ExtractManifest, Plan } from '../../../model/plan.js';
import { s3Objects } from '../../../sources/declare.js';
import { memoryStore, type MemoryStore } from '../../../testing/memory-store.js';
import { listingS3, type ListingS3 } from '../../support/listing-s3.js';
import { quietLogger } from '../../support/quiet.js';
import { smallSqs, type SmallSqs } from '../../support/small-sqs.js';
import { tinyPipeline } from '../../support/tiny-pipeline.js';

let sqs: SmallSqs;
let s3: ListingS3;
let store: MemoryStore;
beforeEach(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  sqs = await smallSqs();
  s3 = await listingS3({
    keys: () => [],
    body: (key) => (key.includes('gone') ? undefined : Buffer.from(`{"id":"${key}"}`)),
  });
  store = memoryStore();
});
afterEach(() => {
  vi.unstubAllEnvs();
  sqs.close();
  s3.close();
});

const time = (at: number) => `2022-11-24T${at}:10:00.000Z`;
const record = (key: string, at: number, eTag = 'e') => ({
  eventSource: 'aws:s3',
  eventName: 'ObjectCreated:Put',
  eventTime: time(at),
  s3: { bucket: { name: 'b' }, object: { key, size: 1, eTag } },
});
const message = (...records: object[]) => ({ Records: records });
const bridge = (key: string, at: number) => ({
  source: 'aws.s3',
  'detail-type': 'Object Created',
  time: time(at),
  detail: { bucket: { name: 'b' }, object: { key, size: 1, etag: 'e' } },
});

/** keys that the run of this hour takes */
async function taken(at: number, over: ObjectStore = store, runId = `r${at}`): Promise<string[]> {
  const source = s3Objects({ bucket: 'b', prefix: 'd/', anonymous: true, timeFrom: { events: sqs.url } });
  const pipeline = tinyPipeline({ source });
  const interval = { start: `2022-11-24T${at}:00:00Z`, end: `2022-11-24T${at + 1}:00:00Z` };
  const run: RunRef = { pipeline: 'tiny', workflowId: 'w', runId, interval, trigger: 'manual' };
  const plan = { source, entities: [], rawBucket: 'raw', lakeBucket: 'lake' } as unknown as Plan;
  const dependencies = {
    store: over,
    pipelines: [pipeline],
    environment: {},
    settings: { sources: { tiny: s3.url }, sourceLimits: { bytes: 1e9, bytesPerSecond: 1 } },
  } as unknown as Dependencies;
  await new MockActivityEnvironment({ heartbeatTimeoutMs: 10_000 }, { logger: quietLogger }).run(() =>
    extract(dependencies)({ run, plan, spreads: true }),
  );
  const body = await store.get({ bucket: 'lake', key: `runs/tiny/${runId}/extract.json` });
  const { parts } = JSON.parse(Buffer.from(body).toString()) as ExtractManifest;
  return parts.flatMap(({ sources }) => sources.map(({ name }) => name)).sort();
}

test('an interval is what its events named, in every form, and nothing is listed', async () => {
  sqs.send({ Service: 'Amazon S3', Event: 's3:TestEvent' });
  sqs.send(message(record('d/a+b%2Bc', 10), record('other/x', 10)));
  sqs.send(bridge('d/a+plain', 10));
  sqs.send({ Type: 'Notification', Message: JSON.stringify(message(record('d/by-sns', 10))) });
  sqs.send(message({ ...record('d/removed', 10), eventName: 'ObjectRemoved:Delete' }));
  sqs.send(message(record('d/gone', 10)));
  expect(await taken(10)).toEqual(['d/a b+c', 'd/a+plain', 'd/by-sns']);
  expect(sqs.left()).toBe(0);
  expect(s3.lists).toEqual([]);
});

test('events of a later interval are left to it, late ones are of the first that gets them, twins are one', async () => {
  sqs.send(message(record('d/eleven', 11)));
  sqs.send(message(record('d/ten', 10)));
  sqs.send(message(record('d/ten', 10)));
  expect(await taken(10)).toEqual(['d/ten']);
  sqs.send(message(record('d/late', 10)));
  sqs.send(message(record('d/ten', 10)));
  expect(await taken(11)).toEqual(['d/eleven', 'd/late']);
  expect(sqs.left()).toBe(0);
});

test('what is not an event of the source stays in the queue', async () => {
  sqs.send({ hello: 'world' });
  sqs.send(message({ ...record('d/a', 10), s3: { bucket: { name: 'other' }, object: { key: 'd/a' } } }));
  expect(await taken(10)).toEqual([]);
  expect(sqs.left()).toBe(2);
});

test('another run of an interval takes what an earlier one took from the queue', async () => {
  sqs.send(message(record('d/a', 10)));
  expect(await taken(10)).toEqual(['d/a']);
  expect(await taken(10, store, 'again')).toEqual(['d/a']);
});

test.each(['before it wrote the list', 'before it removed the messages', 'after that'])(
  'a worker that dies %s loses no event, and no interval gets one twice',
  async (when) => {
    sqs.send(message(record('d/a', 10)));
    if (when === 'before it removed the messages') sqs.fail('DeleteMessageBatch');
    let writes = 0;
    const put: ObjectStore['put'] = (ref, body) =>
      ++writes === (when === 'after that' ? 3 : 1) && when !== 'before it removed the messages'
        ? Promise.reject(new Error('the worker was killed'))
        : store.put(ref, body);
    await expect(taken(10, { ...store, put })).rejects.toThrow();
    sqs.expire();
    expect(await taken(10)).toEqual(['d/a']);
    expect(await taken(11)).toEqual([]);
    expect(sqs.left()).toBe(0);
  },
);

test('messages that show again only in the next interval are not taken twice', async () => {
  sqs.send(message(record('d/a', 10)));
  expect(await taken(10)).toEqual(['d/a']);
  sqs.send(message(record('d/a', 10)));
  expect(await taken(11)).toEqual([]);
});
