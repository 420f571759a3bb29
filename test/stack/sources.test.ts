import { expect, inject, test } from 'vitest';
import { minibusesPipeline } from '../project/pipelines/minibuses/definition.js';
import { openSource } from '../../sources/open-source.js';

const never = new AbortController().signal;
const hour = { start: '2022-11-24T10:00:00Z', end: '2022-11-24T11:00:00Z' };
const address = () => inject('stack').environment['WATERCLOCK_SOURCE_MINIBUSES'] ?? '';

test('an hour of files comes from a real S3 server, in order of modification', async () => {
  const modified: string[] = [];
  let lines = 0;
  for await (const object of openSource(minibusesPipeline.source, { address: address() }).list(hour, never)) {
    modified.push(object.modified ?? '');
    const chunks: Uint8Array[] = [];
    for await (const chunk of await object.open(never)) chunks.push(chunk);
    lines += Buffer.concat(chunks).toString().split('\n').length;
  }
  expect(modified).toHaveLength(4);
  expect(modified[0]).toBe('2022-11-24T10:00:04.000Z');
  expect(modified).toEqual(modified.toSorted());
  expect(lines).toBeGreaterThan(40);
});

test('an hour without files is empty', async () => {
  const before = { start: '2022-11-24T09:00:00Z', end: '2022-11-24T10:00:00Z' };
  const objects = openSource(minibusesPipeline.source, { address: address() }).list(before, never);
  for await (const object of objects) expect.unreachable(object.name);
});

test('a missing bucket is named', async () => {
  const source = { ...minibusesPipeline.source, bucket: 'no-such-bucket' };
  const list = openSource(source, { address: address() }).list(hour, never);
  await expect(list[Symbol.asyncIterator]().next()).rejects.toMatchObject({
    name: 'SourceNotFound',
    message: expect.stringContaining('no-such-bucket'),
  });
});
