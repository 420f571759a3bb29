import { expect, test } from 'vitest';
import type { CsvForm } from '../../../model/record-form.js';
import { formProblems } from '../../../define/form-problems.js';

test.each<[Partial<CsvForm>, string]>([
  [{ delimiter: '||' }, 'its records.delimiter must be one ASCII character, got "||"'],
  [{ quote: '\n' }, 'its records.quote must be one ASCII character, or false, got "\\n"'],
  [{ quote: ',' }, 'its records.quote and records.delimiter are both ","'],
  [{ header: [] }, 'its records.header names no column: true reads the names from the first row'],
  [{ header: ['a', 'b', 'a'] }, "its records.header has 'a' twice"],
  [
    { encoding: 'latin-9x' },
    "its records.encoding 'latin-9x' is not known: names are those of the Encoding Standard, as 'windows-1252'",
  ],
])('%j is refused', (form, problem) => {
  expect(formProblems({ form: 'csv', ...form })).toEqual([problem]);
});

test('TSV without quotes is right', () => {
  expect(formProblems({ form: 'csv', delimiter: '\t', quote: false, encoding: 'shift_jis' })).toEqual([]);
});
