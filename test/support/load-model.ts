import type { LoadMode } from '../../model/columns.js';
import type { Item } from './load-world.js';

type Placed = Item & { at: number };
type Rank = (row: Placed) => (string | number)[];

/** what the law says of the table, whatever the order of loads: `raw` holds the rows of each interval */
export function tableOf(mode: LoadMode, raw: Item[][]): unknown[][] {
  return rowsOf[mode](raw)
    .map(({ id, version, note, at }) => [id, version, note, String(10 + at)])
    .sort((a, b) => (String(a) < String(b) ? -1 : 1));
}

const rowsOf: Record<LoadMode, (raw: Item[][]) => Placed[]> = {
  merge: (raw) => newest(placed(raw), (row) => [row.version, row.at, row.id, row.note]),
  append: placed,
  replace: (raw) =>
    newest(
      placed(raw).filter(({ at }) => at === raw.length - 1),
      (row) => [row.version, row.id, row.note],
    ),
};

function placed(raw: Item[][]): Placed[] {
  return raw.flatMap((rows, at) => rows.map((row) => ({ ...row, at })));
}

function newest(rows: Placed[], rank: Rank): Placed[] {
  const found = new Map<string, Placed>();
  for (const row of rows) {
    const other = found.get(row.id);
    if (!other || isGreater(rank(row), rank(other))) found.set(row.id, row);
  }
  return [...found.values()];
}

function isGreater(left: (string | number)[], right: (string | number)[]): boolean {
  const at = left.findIndex((value, at) => value !== right[at]);
  return at >= 0 && (left[at] ?? 0) > (right[at] ?? 0);
}
