import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { anyValues, storedRows } from '../../support/any-values.js';
import { validated } from '../../../testing/validated.js';

const page = readFileSync(join(import.meta.dirname, '../../../docs/records.md'), 'utf8');

/** rows of the page's table of values */
const cases = page
  .slice(page.indexOf('| record '))
  .split('\n')
  .slice(2)
  .flatMap((line) => {
    const [, record, outcome] = /^\| (.+?) +\| (.+?) +\|$/.exec(line) ?? [];
    return record && outcome ? [[record, outcome] as const] : [];
  });

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

/** what the table names in words */
const named: Record<string, string> = {
  '`j` 1,000 lists deep': `{"j":${nested(1_000)}}`,
  '`j` 1,001 lists deep': `{"j":${nested(1_001)}}`,
  '100,000 lists deep': nested(100_000),
  '16 MiB and a byte': `{"s":"${'x'.repeat(16 * 1024 * 1024 - 7)}"}`,
};

/** `<FF>` is a byte */
function bytesOf(record: string): Uint8Array {
  if (named[record]) return Buffer.from(named[record]);
  const code = /^`(.*)`$/.exec(record)?.[1] ?? '';
  const parts = code.split(/<((?:[0-9A-F]{2} ?)+)>/);
  return Buffer.concat(
    parts.map((part, at) => Buffer.from(part.replaceAll(' ', at % 2 ? '' : ' '), at % 2 ? 'hex' : 'utf8')),
  );
}

test('the page has its table', () => expect(cases.length).toBeGreaterThan(40));

test.each(cases)('%s: %s', async (record, outcome) => {
  const result = await validated(anyValues, bytesOf(record));
  const rows = await storedRows(result);
  const { counts, records } = result;
  expect(counts.records).toBe(1);
  const [, fate, text] = /^(?:(\w+): )?`(.*)`$/.exec(outcome) ?? [];
  if (fate) {
    expect(rows).toEqual([]);
    expect(records).toMatchObject([{ entity: fate === 'rejected' ? 'any_value' : null, line: 1 }]);
    expect(records[0]?.reasons.join('; ')).toContain(text);
    expect(counts.unparseable).toBe(fate === 'unparseable' ? 1 : 0);
    return;
  }
  expect(records).toEqual([]);
  expect(rows).toHaveLength(1);
  const [column, value] = (text ?? '').split(' = ');
  if (column) expect(rows[0]?.[column]).toBe(value);
});
