import { expect, test } from 'vitest';
import { keyPattern, timePatternProblems } from '../../../model/key-pattern.js';

test.each([
  ['**/*.json.gz', ['a.json.gz', 'x/y/a.json.gz'], ['a.json', 'x/a.json.gz/b']],
  ['*.json', ['a.json', '.json'], ['x/a.json', 'a.jsonl']],
  ['**', ['', 'a/b'], []],
  ['part-?.{csv,tsv}', ['part-1.csv', 'part-2.tsv'], ['part-10.csv', 'part-1.json', 'part-/.csv']],
  ['a+(b).[c]', ['a+(b).[c]'], ['aab.c']],
])('%s', (pattern, right, wrong) => {
  const { matches } = keyPattern(pattern);
  expect(right.filter((key) => !matches(key))).toEqual([]);
  expect(wrong.filter((key) => matches(key))).toEqual([]);
});

test('a time in a key is UTC, and one that the calendar has not is none', () => {
  const { timeOf } = keyPattern('**/*_%Y%m%dT%H%MZ_*.json.gz');
  expect(timeOf('us/123_20221124T1005Z_abc.json.gz')).toBe(Date.parse('2022-11-24T10:05:00Z'));
  expect(timeOf('us/123_20221131T1005Z_abc.json.gz')).toBeUndefined();
  expect(timeOf('us/123.json.gz')).toBeUndefined();
});

test('keys that sort like their times begin with it as far as that goes', () => {
  const at = Date.parse('2022-11-24T10:05:00Z');
  expect(keyPattern('%Y/%m/%d/%H/*').leading(at)).toBe('2022/11/24/10/');
  expect(keyPattern('dt=%Y-%m-%d/**').leading(at)).toBe('dt=2022-11-24/');
  expect(keyPattern('%d.%m.%Y/*').leading(at)).toBe('');
  expect(keyPattern('*-%Y%m%d').leading(at)).toBe('');
});

test.each([
  ['%H/*', 'has no %Y and %m and %d'],
  ['%Y/%m/%d/%M', 'leaves out a letter'],
])('%s is refused as a time', (pattern, told) => {
  expect(timePatternProblems(pattern)).toEqual([expect.stringContaining(told)]);
});

test('a day, an hour and a minute are times', () => {
  expect(['%Y%m%d', '%Y/%m/%d/%H', '%Y-%m-%dT%H%M'].flatMap(timePatternProblems)).toEqual([]);
});
