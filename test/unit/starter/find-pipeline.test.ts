import { expect, test } from 'vitest';
import { pipelines } from '../../support/samples.js';
import { closest, findPipeline } from '../../../control/find-pipeline.js';

test('finds by name', () => {
  expect(findPipeline(pipelines, 'spacex').name).toBe('spacex');
});

test('an unknown name answers with the known ones', () => {
  expect(() => findPipeline(pipelines, 'weather')).toThrow(
    "no pipeline is named 'weather' (known: earthquakes, door2door, spacex)",
  );
});

test.each([
  ['spacx', 'spacex'],
  ['earthquake', 'earthquakes'],
  ['Door2Door', 'door2door'],
])('%s: did you mean %s', (typed, meant) => {
  expect(closest(typed, ['earthquakes', 'door2door', 'spacex'])).toBe(meant);
});
