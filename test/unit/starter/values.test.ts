import { expect, test } from 'vitest';
import { progressLine, timeLeft } from '../../../starter/backfill-report.js';
import { toJson } from '../../../control/json.js';
import { collectParam } from '../../../control/params.js';

test('integers beyond 2^53 are text, others numbers, nulls null', () => {
  expect(toJson([{ a: 9007199254740993n, b: 5n, c: 1.5, d: null }])).toBe(
    '[{"a":"9007199254740993","b":5,"c":1.5,"d":null}]',
  );
});

test('parameters collect, the first = divides', () => {
  expect(collectParam('b=c=d', collectParam('a='))).toEqual({ a: '', b: 'c=d' });
  expect(() => collectParam('b=d', collectParam('b=c'))).toThrow("parameter b is given twice: 'c' and 'd'");
  expect(() => collectParam('nothing')).toThrow("a parameter is written k=v, got 'nothing'");
});

test('progress counts the runs that ended; those loaded earlier are among the succeeded', () => {
  const progress = { status: 'running' as const, total: 169, succeeded: 40, failedCount: 0 };
  expect(progressLine('readings', progress)).toBe('readings 40/169');
  expect(progressLine('readings', { ...progress, failedCount: 1 })).toBe('readings 41/169 (1 failed)');
  expect(progressLine('readings', { ...progress, status: 'paused' })).toBe('readings 40/169 paused');
  const hold = { cause: 'SourceRefused', message: '403', since: 's', probes: 0, nextProbe: '2018-02-01T00:01:00.000Z' };
  expect(progressLine('readings', { ...progress, status: 'paused', hold })).toBe(
    'readings 40/169 paused itself, SourceRefused: 403; it tries one run at 2018-02-01T00:01:00.000Z, and goes on when that one does not fail so',
  );
});

test('the time left is told by the pace since the command came, not by what had ended before', () => {
  let now = 0;
  const left = timeLeft(() => now);
  const at = (succeeded: number) => left({ total: 169, succeeded, failedCount: 0, loadedEarlier: 20 });
  expect(at(100)).toBe('');
  now = 10_000;
  expect(at(110)).toBe('  59 s left');
  now = 100_000;
  expect(at(115)).toBe('  6 min left');
  expect(at(169)).toBe('');
});
