import { expect, test } from 'vitest';
import { pipelines } from '../../support/pipelines.js';
import { closest, findPipeline } from '../../../control/find-pipeline.js';

test('finds by name', () => {
  expect(findPipeline(pipelines, 'catalog').name).toBe('catalog');
});

test('an unknown name answers with the known ones', () => {
  expect(() => findPipeline(pipelines, 'weather')).toThrow(
    "no pipeline is named 'weather' (known: readings, minibuses, catalog)",
  );
});

test.each([
  ['catlog', 'catalog'],
  ['reading', 'readings'],
  ['Minibuses', 'minibuses'],
])('%s: did you mean %s', (typed, meant) => {
  expect(closest(typed, ['readings', 'minibuses', 'catalog'])).toBe(meant);
});
