import { expect, test } from 'vitest';
import { backfillRange, gridTime, namedInterval, nextUnprocessed, type Scheduled } from '../../../control/intervals.js';

const hour = 3_600_000;
const hourly: Scheduled = { name: 'hourly', grid: { every: hour, offset: 300_000 } };
const begun: Scheduled = { ...hourly, start: Date.parse('2022-11-24T10:00:00Z') };
const at = (text: string) => Date.parse(text);
const now = at('2022-11-24T14:30:00Z');

test('nothing loaded and no start: the last complete interval', () => {
  expect(nextUnprocessed(hourly, undefined, now)?.end).toBe('2022-11-24T14:00:00Z');
  // 14:00 is not due before 14:05
  expect(nextUnprocessed(hourly, undefined, at('2022-11-24T14:04:59Z'))?.end).toBe('2022-11-24T13:00:00Z');
});

test('nothing loaded and a start: the first interval', () => {
  expect(nextUnprocessed(begun, undefined, now)?.start).toBe('2022-11-24T10:00:00Z');
});

test('a start off the grid: the first whole interval after it', () => {
  const late = { ...hourly, start: at('2022-11-24T10:20:00Z') };
  expect(nextUnprocessed(late, undefined, now)?.start).toBe('2022-11-24T11:00:00Z');
});

test('loaded up to a time: the interval after it, never one before the start', () => {
  expect(nextUnprocessed(begun, at('2022-11-24T12:00:00Z'), now)?.start).toBe('2022-11-24T12:00:00Z');
  expect(nextUnprocessed(begun, at('2022-11-20T12:00:00Z'), now)?.start).toBe('2022-11-24T10:00:00Z');
  expect(nextUnprocessed(hourly, at('2018-02-07T02:00:00Z'), now)?.start).toBe('2018-02-07T02:00:00Z');
});

test('what is next but not due is nothing to do', () => {
  expect(nextUnprocessed(begun, at('2022-11-24T14:00:00Z'), now)).toBeUndefined();
  expect(nextUnprocessed(begun, at('2022-11-24T13:00:00Z'), at('2022-11-24T14:04:59Z'))).toBeUndefined();
  expect(nextUnprocessed(begun, at('2022-11-24T13:00:00Z'), at('2022-11-24T14:05:00Z'))).toBeDefined();
});

test('--interval names an interval by its start', () => {
  expect(namedInterval(begun, '2022-11-24T10:00', now)).toEqual({
    start: '2022-11-24T10:00:00Z',
    end: '2022-11-24T11:00:00Z',
  });
});

test('a time off the grid is refused with its neighbours', () => {
  expect(() => gridTime('--from', '2022-11-24T10:20Z', hourly.grid)).toThrow(
    "--from 2022-11-24T10:20Z is no point of the schedule's grid: the neighbours are 2022-11-24T10:00:00Z and 2022-11-24T11:00:00Z",
  );
});

test('a time that is none is refused with the way to write one', () => {
  expect(() => gridTime('--to', 'yesterday', hourly.grid)).toThrow('--to: a time is written like 2022-11-24T10:00Z');
});

test('an interval that is not due is refused to everyone', () => {
  expect(() => namedInterval(begun, '2022-11-24T14:00Z', now)).toThrow(
    'is not due before 2022-11-24T15:05:00Z: the last due interval starts at 2022-11-24T13:00:00Z',
  );
});

test('an interval before the start is refused', () => {
  expect(() => namedInterval(begun, '2022-11-24T09:00Z', now)).toThrow('hourly starts at 2022-11-24T10:00:00Z');
});

test('a backfill covers its whole range', () => {
  const range = backfillRange(begun, '2022-11-24T10:00Z', '2022-11-24T12:00Z', now);
  expect(range).toMatchObject({ from: '2022-11-24T10:00:00Z', to: '2022-11-24T12:00:00Z', intervals: 2, notes: [] });
});

test('a backfill stops at the last due interval, begins at the start, and keeps the name that was asked for', () => {
  const range = backfillRange(begun, '2022-11-24T08:00Z', '2022-11-25', now);
  expect(range).toEqual({
    asked: { from: '2022-11-24T08:00:00Z', to: '2022-11-25T00:00:00Z' },
    from: '2022-11-24T10:00:00Z',
    to: '2022-11-24T14:00:00Z',
    intervals: 4,
    notes: [
      'hourly starts at 2022-11-24T10:00:00Z: nothing before it is run',
      'the last due interval ends at 2022-11-24T14:00:00Z: the backfill stops there',
    ],
  });
});

test('a backfill of nothing is refused', () => {
  expect(() => backfillRange(hourly, '2022-11-24T12:00Z', '2022-11-24T12:00Z', now)).toThrow('must be before --to');
  expect(() => backfillRange(hourly, '2023-01-01', '2023-01-02', now)).toThrow('no interval of hourly is due');
});
