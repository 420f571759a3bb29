import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { differences } from '../../../local/expected/differences.js';
import { compareWithFolder, updateFolder } from '../../../local/expected/expected-folder.js';
import { expectedOf, mostRows, type Row, textOf } from '../../../local/expected/row-set.js';

let project: string;
beforeEach(() => (project = mkdtempSync(join(tmpdir(), 'expected-'))));
afterEach(() => rmSync(project, { recursive: true }));

const set = (rows: Row[], key = ['id'], name = 'orders.orders') => ({ name, key, rows });
const differ = (before: Row[], after: Row[], key = ['id']) =>
  differences(expectedOf(set(before, key)), expectedOf(set(after, key)), key);

test('rows are sorted by their key, numbers by size; what every run says differently is left out', () => {
  const rows = [
    { id: 10, amount: 0.1 + 0.2, _run_id: 'x', loaded_at: 'now' },
    { id: 9, amount: null, _run_id: 'y', loaded_at: 'now' },
  ];
  expect(textOf(expectedOf(set(rows)))).toBe(`{
  "count": 2,
  "rows": [
    {"id":9,"amount":null},
    {"id":10,"amount":0.3}
  ]
}
`);
});

test('the order of the warehouse changes nothing; that of a question does', () => {
  const [a, b] = [{ id: 1 }, { id: 2 }];
  expect(differ([a, b], [b, a])).toEqual([]);
  const question = (rows: Row[]) => expectedOf({ ...set(rows, []), isOrdered: true });
  expect(differences(question([a, b]), question([b, a]), [])).toEqual(['the rows have another order']);
});

test('a difference is a line a row: gone, new, changed', () => {
  expect(
    differ(
      [
        { id: 1, a: 'x' },
        { id: 2, a: 'y' },
      ],
      [
        { id: 2, a: 'z' },
        { id: 3, a: 'y' },
        { id: 4, a: '' },
      ],
    ),
  ).toEqual([
    '2 rows expected, got 3',
    '- {"id":1,"a":"x"}',
    '~ id=2: a "y" -> "z"',
    '+ {"id":3,"a":"y"}',
    '+ {"id":4,"a":""}',
  ]);
});

test('rows of one key are compared one by one', () => {
  const twice = [
    { id: 1, a: 1 },
    { id: 1, a: 2 },
  ];
  expect(differ(twice, twice)).toEqual([]);
  expect(differ(twice, twice.slice(0, 1))).toEqual(['2 rows expected, got 1', '- {"id":1,"a":2}']);
});

test('no more than ten rows are shown', () => {
  const rows = Array.from({ length: 15 }, (_, id) => ({ id }));
  expect(differ(rows, []).slice(-2)).toEqual(['- {"id":9}', 'and 5 more']);
});

test('of a large table the first rows are written, and a hash of all', () => {
  const rows = Array.from({ length: mostRows + 50 }, (_, id) => ({ id, a: 1 }));
  expect(expectedOf(set(rows)).rows).toHaveLength(mostRows);
  const changed = rows.map((row) => (row.id === mostRows + 1 ? { ...row, a: 2 } : row));
  expect(differ(rows, changed)).toEqual([`rows after the first ${mostRows} differ`]);
});

test('what is not there yet differs, until an update writes it; then only a change does', () => {
  const sets = [set([{ id: 1 }])];
  expect(compareWithFolder(project, sets, true)[0]?.differences[0]).toContain('`waterclock test --update` writes it');
  expect(updateFolder(project, sets, true)).toEqual({ written: ['test/expected/orders.orders.json'], removed: [] });
  expect(compareWithFolder(project, sets, true)).toEqual([
    { file: 'test/expected/orders.orders.json', differences: [] },
  ]);
  expect(updateFolder(project, sets, true)).toEqual({ written: [], removed: [] });
});

test('a file of what is gone differs, and an update of the whole project removes it', () => {
  updateFolder(project, [set([]), set([], [], 'gone.gone')], true);
  const left = [set([])];
  expect(compareWithFolder(project, left, false)).toHaveLength(1);
  expect(compareWithFolder(project, left, true).at(-1)).toMatchObject({ file: 'test/expected/gone.gone.json' });
  updateFolder(project, left, false);
  expect(existsSync(join(project, 'test/expected/gone.gone.json'))).toBe(true);
  expect(updateFolder(project, left, true).removed).toEqual(['test/expected/gone.gone.json']);
  expect(readdirSync(join(project, 'test/expected'))).toEqual(['orders.orders.json']);
});

test('a file that is not read is named with what to do', () => {
  updateFolder(project, [set([])], true);
  const file = join(project, 'test/expected/orders.orders.json');
  writeFileSync(file, readFileSync(file, 'utf8').slice(1));
  expect(() => compareWithFolder(project, [set([])], true)).toThrow(
    /^test\/expected\/orders\.orders\.json cannot be read .*: mend it, or remove it and run `waterclock test --update`/,
  );
});
