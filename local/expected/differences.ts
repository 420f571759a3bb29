import { keyText, type Expected, type Row } from './row-set.js';

/** differences of one file that are shown */
const mostShown = 10;

/** what differs, a line a row: `-` expected and not there, `+` there and not expected, `~` other values; none when all is as expected */
export function differences(expected: Expected, actual: Expected, key: string[]): string[] {
  const before = byKey(expected.rows, key);
  const after = byKey(actual.rows, key);
  const lines: string[] = [];
  for (const [name, row] of before) {
    const found = after.get(name);
    if (!found) lines.push(`- ${JSON.stringify(row)}`);
    else if (JSON.stringify(found) !== JSON.stringify(row)) lines.push(changeOf(row, found, key));
  }
  for (const [name, row] of after) if (!before.has(name)) lines.push(`+ ${JSON.stringify(row)}`);
  if (lines.length === 0 && keysOf(expected.rows, key) !== keysOf(actual.rows, key))
    lines.push('the rows have another order');
  if (lines.length === 0 && expected.hash !== actual.hash)
    lines.push(`rows after the first ${expected.rows.length} differ`);
  const more = lines.length - mostShown;
  return [
    ...(expected.count === actual.count ? [] : [`${expected.count} rows expected, got ${actual.count}`]),
    ...lines.slice(0, mostShown),
    ...(more > 0 ? [`and ${more} more`] : []),
  ];
}

function changeOf(before: Row, after: Row, key: string[]): string {
  const name = key.map((column) => `${column}=${JSON.stringify(before[column])}`).join(' ');
  const columns = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const changes = columns.flatMap((column) =>
    before[column] === after[column]
      ? []
      : [`${column} ${JSON.stringify(before[column]) ?? 'absent'} -> ${JSON.stringify(after[column]) ?? 'absent'}`],
  );
  return `~ ${name}: ${changes.join(', ') || 'its columns have another order'}`;
}

const keysOf = (rows: Row[], key: string[]) => rows.map((row) => keyText(row, key)).join('\n');

/** rows of one name are numbered */
function byKey(rows: Row[], key: string[]): Map<string, Row> {
  const found = new Map<string, Row>();
  for (const row of rows) {
    const name = keyText(row, key);
    let unique = name;
    for (let turn = 2; found.has(unique); turn++) unique = `${name} ${turn}`;
    found.set(unique, row);
  }
  return found;
}
