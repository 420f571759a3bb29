import { expect, test } from 'vitest';
import { parseCron, tickAfter, tickUpTo } from '../../../model/cron.js';

const at = (text: string) => Date.parse(text);

test.each([
  ['30 6 * * *', '2024-02-28T06:30:00Z', '2024-02-29T06:30:00Z'],
  ['0 0 29 2 *', '2024-02-29T00:00:00Z', '2028-02-29T00:00:00Z'],
  ['0 0 31 * *', '2023-01-31T00:00:00Z', '2023-03-31T00:00:00Z'],
  ['0 6 * * 1-5', '2023-12-29T06:00:00Z', '2024-01-01T06:00:00Z'],
  ['0 6 * * mon-fri', '2023-12-29T06:00:00Z', '2024-01-01T06:00:00Z'],
  ['0 0 * * 7', '2024-01-07T00:00:00Z', '2024-01-14T00:00:00Z'],
  ['*/20 8-9,17 * * *', '2024-01-01T09:40:00Z', '2024-01-01T17:00:00Z'],
  ['5/15 * * * *', '2024-01-01T00:05:00Z', '2024-01-01T00:20:00Z'],
  ['0 0 1 jan,jul *', '2024-07-01T00:00:00Z', '2025-01-01T00:00:00Z'],
])('%s: after %s comes %s', (cron, tick, next) => {
  const fields = parseCron(cron);
  expect(tickUpTo(fields, at(tick))).toBe(at(tick));
  expect(tickAfter(fields, at(tick))).toBe(at(next));
  expect(tickUpTo(fields, at(next) - 1)).toBe(at(tick));
});

test.each([
  ['* * * *', 'five fields'],
  ['60 * * * *', "'60' is not in 0 to 59"],
  ['0 0 0 * *', "'0' is not in 1 to 31"],
  ['0 5-3 * * *', 'ends before it begins'],
  ['*/0 * * * *', "'' is not in"],
  ['0 0 1 * mon', 'name one'],
  ['0 0 30 2 *', 'never comes'],
  ['@daily', 'five fields'],
])('%s is refused: %s', (cron, reason) => {
  expect(() => parseCron(cron)).toThrow(reason);
});
