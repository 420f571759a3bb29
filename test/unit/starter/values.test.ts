import { expect, test } from 'vitest';
import { progressLine } from '../../../starter/commands/backfill-create.js';
import { toJson } from '../../../starter/json.js';
import { collectParam } from '../../../starter/params.js';

test('integers beyond 2^53 are text, others numbers, nulls null', () => {
  expect(toJson([{ a: 9007199254740993n, b: 5n, c: 1.5, d: null }])).toBe(
    '[{"a":"9007199254740993","b":5,"c":1.5,"d":null}]',
  );
});

test('parameters collect, the first = divides', () => {
  expect(collectParam('b=c=d', collectParam('a='))).toEqual({ a: '', b: 'c=d' });
  expect(() => collectParam('nothing')).toThrow("a parameter is written k=v, got 'nothing'");
});

test('progress counts the runs that ended; those loaded earlier are among the succeeded', () => {
  const progress = { pipeline: 'p', total: 169, started: 12, loadedEarlier: 30, succeeded: 40, failed: [] };
  expect(progressLine('earthquakes', progress)).toBe('earthquakes 40/169');
  const failed = [{ run: 'p-1', error: 'x' }];
  expect(progressLine('earthquakes', { ...progress, failed })).toBe('earthquakes 41/169 (1 failed)');
});
