import { expect, test } from 'vitest';
import { rejectedLog } from '../../../activities/threads/rejected-log.js';
import type { RawRecord } from '../../../records/raw-record.js';
import { countReason, fieldsOf, generalReason, topReasons, type ReasonCounts } from '../../../model/rejected.js';

const block = Buffer.from('x'.repeat(60_000));
const record: RawRecord = { block, from: 0, to: block.length, isAscii: true, line: 1, offset: 0, source: 0 };
const sources = [{ name: 'a', offset: 0, bytes: 1 }];

test('what the store has not taken holds the reading back', async () => {
  let release = (): void => undefined;
  const mayTake = new Promise<void>((resolve) => (release = resolve));
  let taken = 0;
  const log = rejectedLog(sources, async (lines) => {
    await mayTake;
    for await (const line of lines) taken += line.length;
  });
  log.add(record, null, ['bad']);
  await log.drained();
  for (let count = 0; count < 40; count++) log.add(record, null, ['bad']);
  let isDrained = false;
  const drained = log.drained().then(() => (isDrained = true));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(isDrained).toBe(false);
  release();
  await drained;
  expect(await log.close()).toEqual({ bad: 41 });
  expect(taken).toBeGreaterThan(41 * 60_000);
});

test('a store that fails is told to who waits for it, and nothing else breaks', async () => {
  const log = rejectedLog(sources, async () => {
    throw new Error('no such bucket');
  });
  for (let count = 0; count < 40; count++) log.add(record, null, ['bad']);
  await expect(log.drained()).rejects.toThrow('no such bucket');
  log.add(record, null, ['bad']);
  await expect(log.close()).rejects.toThrow('no such bucket');
});

test('nothing rejected writes nothing', async () => {
  let isCalled = false;
  const log = rejectedLog(sources, async () => void (isCalled = true));
  expect(await log.close()).toBeUndefined();
  expect(isCalled).toBe(false);
});

test.each([
  ['cores.3.flight: expected number, got 17', 'cores.N.flight: expected number, got N'],
  ['id: 0b7a1c9e-5f0e-4a3b-9d6a-2f1f0c9b7a11 is no key', 'id: ID is no key'],
  ['at: is not a time: 2022-11-24T10:00:00.123Z', 'at: is not a time: TIME'],
  ['s: holds U+0000', 's: holds U+0000'],
  ['malformed JSON at byte 17: expected a value', 'malformed JSON at byte N: expected a value'],
  ['utf8_name: 1.5e10 is above -3', 'utf8_name: N is above N'],
])('%s is of the group: %s', (reason, general) => expect(generalReason(reason)).toBe(general));

test('groups are bounded, the rest is counted together; the most frequent come first', () => {
  const counts: ReasonCounts = {};
  for (let count = 0; count < 1_000; count++) countReason(counts, `reason ${'x'.repeat(count)}`);
  countReason(counts, 'reason xx', 5);
  expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(1_005);
  expect(Object.keys(counts)).toHaveLength(201);
  expect(topReasons(counts, 2)).toEqual([
    ['other reasons', 800],
    ['reason xx', 6],
  ]);
});

test('of the reasons nothing leaves the lake but the names of declared fields', () => {
  const counts: ReasonCounts = {};
  const reasons = [
    'data.lat: planted says no',
    'data.lat.N: planted',
    'data.latitude: planted',
    'tags.planted.x: Invalid input',
    'data: planted',
    'planted: is not declared by the schema',
    'malformed JSON at byte N: expected a value',
  ];
  for (const reason of reasons) countReason(counts, reason);
  const paths = [['data'], ['data', 'lat'], ['tags']];
  expect(fieldsOf(counts, paths)).toEqual([
    ['data', 2],
    ['data.lat', 2],
    ['other fields', 2],
    ['tags', 1],
  ]);
});
