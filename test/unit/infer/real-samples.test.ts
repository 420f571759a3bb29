import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { check } from 'prettier';
import { afterAll, expect, test } from 'vitest';
import { inferSample } from '../../../infer/infer-sample.js';
import { readSample } from '../../../infer/read-sample.js';
import { renderDefinition } from '../../../infer/render-definition.js';
import { validated } from '../../../testing/validated.js';
import { definitionFrom, removeDefinitions } from '../../support/definition-from.js';
import { realSamples, sharedFolder, there } from '../../support/real-samples.js';

afterAll(removeDefinitions);

test.skipIf(there.length < realSamples.length)(`the real samples (skipped without ${sharedFolder})`, () => {
  expect(there.length).toBe(realSamples.length);
});

test.for(there)('$file loads whole by its definition', async ({ file, records, rows, byHand }) => {
  const path = resolve(sharedFolder, file);
  const text = await definitionOf(path);
  for (const line of byHand) expect(text).toContain(line);
  expect(byHand.length).toBeLessThanOrEqual(3);
  expect(await check(text, { parser: 'typescript', printWidth: 120, singleQuote: true })).toBe(true);
  // a linter refuses a helper that nothing uses
  for (const [, helper = ''] of text.matchAll(/^const (\w+) = (?:\(|z)/gm))
    expect(text.split(`: ${helper}`).length).toBeGreaterThan(1);
  const pipeline = await definitionFrom(text);
  const result = await validated(pipeline, await readFile(path));
  expect(result.records.map(({ entity, reasons }) => [entity, ...reasons])).toEqual([]);
  expect(result.counts).toEqual({ records, routed: records, ignored: 0, dropped: 0, unparseable: 0 });
  for (const [entity, valid] of Object.entries(rows)) expect(result.entities[entity]).toMatchObject({ valid });
  // nothing that came is left over
  for (const { drift } of Object.values(result.entities)) expect(drift?.unknown ?? {}).toEqual({});
});

async function definitionOf(path: string): Promise<string> {
  const read = await readSample(path, { pipeline: 'probe', environment: {}, signal: new AbortController().signal });
  const sample = await inferSample('probe', read.bodies, read.isLines);
  return renderDefinition({ name: 'probe', camel: 'probe', from: basename(path), read, sample });
}
