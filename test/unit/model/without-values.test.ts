import { expect, test } from 'vitest';
import { withoutValues } from '../../../model/without-values.js';

const planted = 'planted-7f3a';

test.each([
  [`invalid input syntax for type integer: "${planted}"`, 'invalid input syntax for type integer: "…"'],
  [`value "${planted}" is out of range for type integer`, 'value "…" is out of range for type integer'],
  [`Key (id)=(${planted}) already exists.`, 'Key (id)=(…) already exists.'],
  [`Failing row contains (1, ${planted}, null).`, 'Failing row contains (…).'],
  [`Invalid digit, Value '${planted}', Pos 0, Type: Integer`, "Invalid digit, Value '…', Pos 0, Type: Integer"],
  [`it can't be cast: '${planted}'`, "it can't be cast: '…'"],
  ['Value out of range for INT: value out of range: 73219', 'Value out of range for INT: value out of range: …'],
  [`invalid JSON: "{"a": "${planted}", "b": 1}" at 3`, 'invalid JSON: "…" at 3'],
  [`invalid input syntax: "first line\nx "${planted}"`, 'invalid input syntax: "…"'],
  [`bad: "${planted} goes on and is never`, 'bad: "…"'],
  [`CONTEXT:  JSON data, line 1: {a: ${planted}`, 'CONTEXT:  JSON data, line 1: …'],
])('%s', (message, expected) => {
  expect(withoutValues(message, 'select id from launches')).toBe(expected);
});

test.each([
  ['column "speed" does not exist', 'select speed from launches'],
  ['relation "stage.a_1" does not exist', 'copy stage.a_1 from x'],
  ['ERROR: 1023 DETAIL: Serializable isolation violation on table - 108342', ''],
  ['The length of the data column id is longer than the length defined in the table. Table: 5, Data: 7', ''],
  ['value too long for type character varying(8)', ''],
  ['invalid input syntax for type integer: "abc"', "select 'abc'::int"],
])('what the statement itself says stays: %s', (message, sql) => {
  expect(withoutValues(message, sql)).toBe(message);
});

test('a quoted text that is only a part of a word of the statement is left out', () => {
  expect(withoutValues('bad: "a"', 'select name from launches')).toBe('bad: "…"');
});
