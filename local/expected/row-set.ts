import { createHash } from 'node:crypto';

type Value = string | number | boolean | null;
export type Row = Record<string, Value>;

/** rows of a table, or of a question, as they are compared with what a project expects */
export interface RowSet {
  /** name of its file, without the ending */
  name: string;
  /** columns that name a row; rows of a set without them are compared whole */
  key: string[];
  rows: Row[];
  /** the order is the question's own */
  isOrdered?: boolean;
}

/** what its file says */
export interface Expected {
  count: number;
  /** of all rows, where the file has only the first of them */
  hash?: string;
  rows: Row[];
}

/** a file that people read in a review */
export const mostRows = 50;

export function expectedOf({ key, rows, isOrdered }: RowSet): Expected {
  const plain = rows.map(readable);
  const sorted = isOrdered ? plain : plain.toSorted((a, b) => compare(sortKey(a, key), sortKey(b, key)));
  const hash = createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 16);
  return {
    count: sorted.length,
    ...(sorted.length > mostRows && { hash }),
    rows: sorted.slice(0, mostRows),
  };
}

/** a row a line: a change of a row is a change of a line */
export function textOf({ count, hash, rows }: Expected): string {
  const head = [`  "count": ${count},`, ...(hash ? [`  "hash": "${hash}",`] : [])];
  const lines = rows.map((row, at) => `    ${JSON.stringify(row)}${at < rows.length - 1 ? ',' : ''}`);
  return ['{', ...head, ...(rows.length > 0 ? ['  "rows": [', ...lines, '  ]'] : ['  "rows": []']), '}', ''].join('\n');
}

const meta = /^_?(run_id|loaded_at)$/;

/** without what every run says differently; sums of floating point differ in their last digits by the order of the rows */
function readable(row: Row): Row {
  const kept = Object.entries(row).filter(([name]) => !meta.test(name));
  return Object.fromEntries(
    kept.map(([name, value]) => [
      name,
      typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(12)) : value,
    ]),
  );
}

export const keyText = (row: Row, key: string[]) => JSON.stringify(key.length > 0 ? key.map((name) => row[name]) : row);

/** numbers by their size, then the whole row, so that rows of one key have an order too */
function sortKey(row: Row, key: string[]): Value[] {
  return [...key.map((name) => row[name] ?? null), JSON.stringify(row)];
}

function compare(a: Value[], b: Value[]): number {
  for (const [at, left] of a.entries()) {
    const right = b[at] ?? null;
    if (left === right) continue;
    if (left === null || right === null) return left === null ? -1 : 1;
    return left < right ? -1 : 1;
  }
  return 0;
}
