import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutFiles } from '../../../activities/threads/cut-files.js';
import type { StageBatch } from '../../../model/plan.js';

const MB = 1024 * 1024;
const batch = (bytes: number, at: number): StageBatch => ({ key: `part-${at}`, rows: 1, bytes });
const stageOf = (count: number, bytes: number) => Array.from({ length: count }, (_, at) => batch(bytes, at));

test.each([
  ['none without batches', [], []],
  ['one up to 64 MB', stageOf(12, 5 * MB), [12]],
  ['one of a batch that is larger', stageOf(1, 100 * MB), [1]],
  ['four equal shares above', stageOf(20, 5 * MB), [5, 5, 5, 5]],
  ['eight above 256 MB', stageOf(64, 5 * MB), [8, 8, 8, 8, 8, 8, 8, 8]],
])('files: %s', (_, stage, batches) => {
  expect(cutFiles(stage).map((file) => file.length)).toEqual(batches);
});

test('every batch is in one file, in its order, and no file is much larger than 64 MB', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 8 * MB }), { maxLength: 300 });
  fc.assert(
    fc.property(sizes, (bytes) => {
      const stage = bytes.map(batch);
      const files = cutFiles(stage);
      expect(files.flat()).toEqual(stage);
      for (const file of files) {
        expect(file.length).toBeGreaterThan(0);
        expect(file.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual((64 + 8) * MB);
      }
    }),
  );
});
