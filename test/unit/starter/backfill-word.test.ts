import { expect, test } from 'vitest';
import type { BackfillResult } from '../../../model/backfill.js';
import { backfillWord } from '../../../starter/backfill-word.js';

const progress: BackfillResult = {
  pipeline: 'readings',
  status: 'running',
  total: 4,
  started: 4,
  loadedEarlier: 0,
  succeeded: 4,
  failedCount: 0,
  failed: [],
  active: [],
  maxActive: 4,
};
const hold = { cause: 'SourceRefused', message: '403', since: 's', probes: 0, nextProbe: 'n' };
const dbt = { status: 'failed' as const, ok: 0, failed: 1, skipped: 0, failures: [] };

test.each([
  ['RUNNING', {}, 'running'],
  ['RUNNING', { status: 'paused' }, 'paused'],
  ['RUNNING', { status: 'paused', hold }, 'paused by itself'],
  ['RUNNING', { status: 'cancelling' }, 'cancelling'],
  ['RUNNING', { status: 'completed' }, 'building models'],
  ['COMPLETED', { status: 'completed' }, 'completed'],
  ['COMPLETED', { status: 'completed', failedCount: 1 }, 'completed with failures'],
  ['COMPLETED', { status: 'completed', dbt }, 'completed with failures'],
  ['COMPLETED', { status: 'cancelled' }, 'cancelled'],
  ['CANCELLED', { status: 'cancelling' }, 'cancelled'],
  ['TERMINATED', {}, 'terminated'],
  ['TIMED_OUT', {}, 'timed out'],
] as const)('%s, %j: %s', (execution, changes, word) => {
  expect(backfillWord(execution, { ...progress, ...changes })).toBe(word);
});

test('one of which no worker says anything has the word that the server has', () => {
  expect(backfillWord('RUNNING', undefined)).toBe('running');
  expect(backfillWord('FAILED', undefined)).toBe('failed');
});
