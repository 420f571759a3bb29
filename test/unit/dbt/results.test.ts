import { expect, test } from 'vitest';
import { parseManifest, parseRunResults } from '../../../dbt/artifacts.js';
import { attribute, taggedNodes, withTests } from '../../../dbt/selection.js';
import { summarize } from '../../../dbt/summarize.js';

const node = (unique_id: string, parents: string[] = [], tags: string[] = []) => {
  const [resource_type = '', , name = ''] = unique_id.split('.');
  return [unique_id, { unique_id, name, resource_type, tags, depends_on: { nodes: parents } }];
};
const result = (unique_id: string, status: string, more: object = {}) => ({ unique_id, status, ...more });

// two pipelines, a and b; one test of each, one between them
const graph = parseManifest(
  JSON.stringify({
    sources: Object.fromEntries([node('source.wc.raw_a', [], ['a']), node('source.wc.raw_b', [], ['b'])]) as unknown,
    nodes: Object.fromEntries([
      node('model.wc.stg_a', ['source.wc.raw_a'], ['a']),
      node('model.wc.mart_a', ['model.wc.stg_a'], ['a']),
      node('model.wc.mart_b', ['source.wc.raw_b'], ['b']),
      node('test.wc.unique_stg_a', ['model.wc.stg_a']),
      node('test.wc.unique_mart_a', ['model.wc.mart_a']),
      node('test.wc.unique_mart_b', ['model.wc.mart_b']),
      node('test.wc.between', ['model.wc.mart_a', 'model.wc.mart_b']),
    ]) as unknown,
    unit_tests: Object.fromEntries([node('unit_test.wc.logic_a', ['model.wc.mart_a'])]) as unknown,
  }),
);

test('a failed test is told by its name and the number of its rows, and names what it blocks', () => {
  const results = parseRunResults(
    JSON.stringify({
      results: [
        result('model.wc.stg_a', 'success', { message: 'CREATE VIEW' }),
        result('unit_test.wc.logic_a', 'skipped'),
        result('model.wc.mart_a', 'skipped', { message: null }),
        result('test.wc.unique_mart_a', 'skipped'),
        result('test.wc.unique_stg_a', 'fail', { failures: 3, message: 'Got 3 results, configured to fail if != 0' }),
        result('test.wc.unique_mart_b', 'warn', { failures: 1 }),
      ],
    }),
  );
  expect(summarize(graph, results)).toEqual({
    status: 'failed',
    ok: 2,
    failed: 1,
    skipped: 3,
    failures: [
      { name: 'unique_stg_a', message: '3 rows fail' },
      { name: 'logic_a', message: 'blocked by unique_stg_a' },
      { name: 'mart_a', message: 'blocked by unique_stg_a' },
      { name: 'unique_mart_a', message: 'blocked by unique_stg_a' },
    ],
  });
});

test('a failed test names the file of the lake that holds some of its rows', () => {
  const failed = [result('test.wc.unique_stg_a', 'fail', { failures: 3 })];
  const kept = { ids: new Set(['test.wc.unique_stg_a']), file: 's3://lake/rows.ndjson' };
  const { failures } = summarize(graph, failed, failed, kept);
  expect(failures).toEqual([{ name: 'unique_stg_a', message: '3 rows fail: see s3://lake/rows.ndjson' }]);
});

test.each([
  [
    'Database Error in model mart_a (models/mart_a.sql)\n  invalid input syntax for type integer: "planted"',
    'Database Error in model mart_a (models/mart_a.sql) invalid input syntax for type integer: "…"',
  ],
  [
    `Database Error in model mart_a\n  {'S': 'ERROR', 'C': '22P02', 'M': 'invalid input syntax for type integer: "planted"', 'F': '../src/pg/int.c', 'L': '1'}`,
    'Database Error in model mart_a invalid input syntax for type integer: "…"',
  ],
  [
    `Database Error in model mart_a\n  {'S': 'ERROR', 'C': '22P02', 'M': "Invalid digit, Value 'planted', Pos 0", 'L': '1'}`,
    "Database Error in model mart_a Invalid digit, Value '…', Pos 0",
  ],
])('what the database quotes of a row is left out of %s', (message, told) => {
  const failed = [result('model.wc.mart_a', 'error', { message, compiled_code: 'select x::int from y' })];
  expect(summarize(graph, parseRunResults(JSON.stringify({ results: failed }))).failures[0]?.message).toBe(told);
});

test('the message of a failed model is one line of bounded length', () => {
  const message = `Database Error in model mart_a\n  column "x" does not exist\n${'y'.repeat(900)}`;
  const [failure] = summarize(graph, [
    { unique_id: 'model.wc.mart_a', status: 'error', message, compiled_code: 'select x' },
  ]).failures;
  expect(failure?.message).toMatch(/^Database Error in model mart_a column "x" does not exist y+…$/);
  expect(failure?.message).toHaveLength(500);
});

test('more failures than history should carry are counted, not listed', () => {
  const many = Array.from({ length: 80 }, (_, at) => result(`model.wc.m${at}`, 'error'));
  const summary = summarize(graph, many);
  expect(summary.failed).toBe(80);
  expect(summary.failures).toHaveLength(50);
});

test('a run is told its own nodes only; a test between two is told to both', () => {
  const nodes = (select: string) => withTests(graph, taggedNodes(graph, select) ?? new Set());
  const selections = new Map(['tag:a', 'tag:b'].map((select) => [select, nodes(select)]));
  const all = [
    result('model.wc.mart_a', 'success'),
    result('model.wc.mart_b', 'error', { message: 'no' }),
    result('test.wc.between', 'skipped'),
  ];
  const own = attribute(graph, all, selections);
  expect(own.get('tag:a')?.map(({ unique_id }) => unique_id)).toEqual(['model.wc.mart_a', 'test.wc.between']);
  expect(own.get('tag:b')?.map(({ unique_id }) => unique_id)).toEqual(['model.wc.mart_b', 'test.wc.between']);
  expect(summarize(graph, own.get('tag:a') ?? [], all).failures).toEqual([
    { name: 'between', message: 'blocked by mart_b' },
  ]);
});

test('no file of results means no node was run', () => {
  expect(parseRunResults(undefined)).toEqual([]);
});
