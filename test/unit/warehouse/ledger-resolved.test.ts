import { expect, test } from 'vitest';
import type { StepOutcome } from '../../../model/step-outcome.js';
import type { Warehouse } from '../../../warehouse/data-api.js';
import { closeRun, type Closing } from '../../../warehouse/ledger.js';

const at = '2022-11-24T12:00:00.000Z';
const closing: Closing = {
  run: {
    pipeline: 'shop',
    workflowId: 'shop-2022-11-24T11:00:00Z',
    runId: 'r1',
    interval: { start: '2022-11-24T10:00:00Z', end: '2022-11-24T11:00:00Z' },
    trigger: 'manual',
  },
  dueAt: at,
  startedAt: at,
  finishedAt: at,
  status: 'skipped',
  late: false,
  failures: [],
};

/** columns of the row in `run_executions`, with their values */
async function rowOf(steps: StepOutcome[]): Promise<Record<string, string>> {
  const written: { sql: string; parameters: Record<string, string> }[] = [];
  const warehouse = {
    query: async () => [],
    execute: async (statements: string[], { parameters = {} } = {}) =>
      void written.push({ sql: statements[0] ?? '', parameters }),
  } as unknown as Warehouse;
  await closeRun(warehouse, { ...closing, steps });
  const [{ sql, parameters } = { sql: '', parameters: {} }] = written;
  const [, columns = '', values = ''] = /run_executions \((.*?)\) SELECT (.*)$/.exec(sql) ?? [];
  const given = [...values.matchAll(/CAST\(:(\w+) AS [^)]*\)?\)|NULL|TRUE|FALSE/g)];
  return Object.fromEntries(
    columns.split(', ').map((name, place) => [name, parameters[given[place]?.[1] ?? ''] ?? 'null']),
  );
}

test('the row of a run that a person resolved has the last answer: who and why', async () => {
  const row = await rowOf([
    {
      step: 'extract',
      state: 'skipped',
      resolved: [
        { answer: 'retry', by: 'bob', note: 'the vendor is up', at: '2022-11-24T11:30:00.000Z' },
        { answer: 'skip', by: 'ada', note: 'no file, ticket 4711', at },
      ],
    },
  ]);
  expect(row).toMatchObject({ status: 'skipped', marked_by: 'ada', note: 'no file, ticket 4711' });
  expect(JSON.parse(row['steps'] ?? '')).toMatchObject([
    { resolved: [{ by: 'bob' }, { note: 'no file, ticket 4711' }] },
  ]);
});

test('a run that nobody resolved names no such column: ledgers of earlier versions lack it', async () => {
  expect(Object.keys(await rowOf([{ step: 'extract', state: 'done' }]))).not.toContain('marked_by');
});

test('notes that are too long for the column leave it, who answered stays', async () => {
  const resolved = Array.from({ length: 80 }, () => ({
    answer: 'retry' as const,
    by: 'ada',
    note: 'x'.repeat(900),
    at,
  }));
  const row = await rowOf([{ step: 'extract', state: 'done', resolved }]);
  expect(row['note']).toHaveLength(900);
  const [step] = JSON.parse(row['steps'] ?? '[]') as StepOutcome[];
  expect(step?.resolved).toHaveLength(80);
  expect(step?.resolved?.[0]).toEqual({ answer: 'retry', by: 'ada', at });
});
