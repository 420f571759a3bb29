import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sampleInput } from '../../../control/doctor/sample-input.js';
import { sampleOf } from '../../../samples/sample.js';
import { tinyPipeline } from '../../support/tiny-pipeline.js';

let project: string;
let folder: string;
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'sample-input-'));
  folder = join(project, 'pipelines/tiny/sample');
  mkdirSync(folder, { recursive: true });
});
afterEach(() => rmSync(project, { recursive: true }));

const now = Date.parse('2026-03-04T10:05:00Z');

async function read(yaml: string, files: Record<string, string>) {
  for (const [name, text] of Object.entries({ 'sample.yaml': yaml, ...files })) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const sample = sampleOf(project, 'tiny');
  if (!sample) throw new Error('no sample');
  const { interval, bodies } = await sampleInput(tinyPipeline(), sample, now);
  return { interval, bodies: bodies.map(({ name, body }) => [name, body.toString()]) };
}

const timed = `
answers:
  - path: /rows
    file: all.json
    at: items
    where: { at: { from: since, to: until } }
`;
const at = (time: string) => ({ at: time });
const first = { start: '2022-11-24T10:00:00Z', end: '2022-11-24T11:00:00Z' };

test('the first interval with records is read, in their envelope', async () => {
  const items = [at('2022-11-24T12:01:00Z'), at('2022-11-24T10:20:00Z'), at('2022-11-24T10:40:00Z')];
  const { interval, bodies } = await read(timed, { 'all.json': JSON.stringify({ next: null, items }) });
  expect(interval).toEqual(first);
  expect(bodies).toEqual([['all.json', JSON.stringify({ next: null, items: items.slice(1) })]]);
});

test('small.json goes before the whole, which need not be there', async () => {
  const small = JSON.stringify({ items: [at('2022-11-24T10:20:00Z')] });
  expect(await read(timed, { 'small.json': small })).toEqual({ interval: first, bodies: [['small.json', small]] });
});

test('a snapshot is of the interval that had ended when it was taken', async () => {
  const snapshot = "snapshotAt: '2022-11-24T11:30:00Z'\nanswers: [{ path: /rows, file: all.json }]";
  expect(await read(snapshot, { 'all.json': '[]' })).toEqual({ interval: first, bodies: [['all.json', '[]']] });
});

test('of a bucket, the objects of its first interval; of documents the first', async () => {
  const objects = "objects: { bucket: files, folder: objects, modified: '{year}-{month}-{day}T{hour}-{minute}.json' }";
  const files = Object.fromEntries(
    ['2022-11-24T10-00', '2022-11-24T10-59', '2022-11-24T11-00'].map((name) => [`objects/${name}.json`, '[]']),
  );
  expect(await read(objects, files)).toEqual({ interval: first, bodies: [['2022-11-24T10-00.json', '[]']] });
});

test('a sample without a record says so', async () => {
  await expect(read(timed, { 'all.json': '{"items":[]}' })).rejects.toThrow('it is empty');
});
