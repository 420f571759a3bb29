import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Source } from '../../../model/source.js';
import { defineEntity } from '../../../define/entity.js';
import type { PipelineOptions } from '../../../define/options.js';
import { definePipeline } from '../../../define/pipeline.js';
import { httpJson, s3Objects } from '../../../sources/declare.js';

const rows = defineEntity({ name: 'rows', mode: 'append', schema: z.object({ id: z.string() }) });
const bucket = (prefix: string) => s3Objects({ bucket: 'events', prefix, modifiedIn: 'interval' });

const define = (source: Source, more: Partial<PipelineOptions> = {}) =>
  definePipeline({ name: 'p', description: '', schedule: { every: '1 hour' }, source, entities: [rows], ...more });

test.each<[string, Source]>([
  ['its prefix has {start:day}', bucket('dt={start:day}/')],
  ['its url has {strat}', httpJson({ url: 'https://example.com/{strat}' })],
  ['its query parameter from has {start:%q}', httpJson({ url: 'https://example.com', query: { from: '{start:%q}' } })],
])('a definition is refused: %s', (problem, source) => {
  expect(() => define(source)).toThrow(`pipeline p: ${problem}, which is not known: known are {start} and {end}`);
});

test('times and params may stand beside each other', () => {
  expect(define(bucket('dt={start:date}/{start:%H}/')).source).toMatchObject({ prefix: 'dt={start:date}/{start:%H}/' });
});

test('what waits looks every ten seconds at most', () => {
  const waitFor = (every: string) => ({ waitFor: { minimumObjects: 1, every, timeout: '21 days' } });
  expect(() => define(bucket('a/'), waitFor('9 seconds'))).toThrow(
    "waitFor.every is '9 seconds', and must be 10 seconds at least: each look is a request",
  );
  expect(define(bucket('a/'), waitFor('10 seconds')).policy.waitFor).toMatchObject({ every: 10_000 });
});

test('a marker takes the times of a prefix, and its own short names', () => {
  const marker = (text: string) => ({ waitFor: { marker: `s3://events/${text}`, timeout: '1 hour' } });
  expect(() => define(bucket('a/'), marker('{dt}/{hr}{min}/{start:%Y}/_SUCCESS'))).not.toThrow();
  expect(() => define(bucket('a/'), marker('{day}/_SUCCESS'))).toThrow('waitFor.marker has {day}, which is not known');
});
