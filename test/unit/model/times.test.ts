import fc from 'fast-check';
import { expect, test } from 'vitest';
import { iso, type Interval } from '../../../model/interval.js';
import { timeProblems, withEachTime, withTimes } from '../../../model/times.js';

const hour: Interval = { start: '2022-11-24T10:00:00Z', end: '2022-11-24T11:00:00Z' };
const day: Interval = { start: '2022-11-24T00:00:00Z', end: '2022-11-25T00:00:00Z' };

test.each([
  ['{start}/{end}', '2022-11-24T10:00:00Z/2022-11-24T11:00:00Z'],
  ['dt={start:date}/', 'dt=2022-11-24/'],
  ['{start:epoch} {end:epoch-ms}', '1669284000 1669287600000'],
  ['{start:%Y/%m/%d/%H}', '2022/11/24/10'],
  ['{end:%Y%m%dT%H%M%S}', '20221124T110000'],
  ['{start:%Hh}, {a}, {"b": 1}', '10h, {a}, {"b": 1}'],
])('%s becomes %s', (text, expected) => {
  expect(withTimes(text, hour)).toBe(expected);
  expect(withEachTime(text, hour)).toEqual([expected]);
});

test('an interval that spans several values of a folder has each, in order', () => {
  const hours = withEachTime('e/{start:%Y/%m/%d/%H}/', day);
  expect(hours).toHaveLength(24);
  expect([hours[0], hours[23]]).toEqual(['e/2022/11/24/00/', 'e/2022/11/24/23/']);
  const across = { start: '2022-11-24T22:00:00Z', end: '2022-11-25T03:00:00Z' };
  expect(withEachTime('dt={start:date}/', across)).toEqual(['dt=2022-11-24/', 'dt=2022-11-25/']);
  const week = { start: '2022-11-28T00:00:00Z', end: '2022-12-05T00:00:00Z' };
  expect(withEachTime('{start:%Y-%m}/', week)).toEqual(['2022-11/', '2022-12/']);
});

test('the end of an interval belongs to the next one, also as a folder', () => {
  expect(withEachTime('dt={start:date}/', day)).toEqual(['dt=2022-11-24/']);
});

test('what names one moment is the interval’s own', () => {
  expect(withEachTime('{start:date}/{end}/', day)).toEqual(['2022-11-24/2022-11-25T00:00:00Z/']);
  expect(withEachTime('{start:%Y%m%d%H%M%S}', day)).toEqual(['20221124000000']);
});

test('a lookback adds the folders before', () => {
  const midnight = { start: '2022-11-24T00:00:00Z', end: '2022-11-24T01:00:00Z' };
  expect(withEachTime('dt={start:date}/', midnight, 7_200_000)).toEqual(['dt=2022-11-23/', 'dt=2022-11-24/']);
  expect(withEachTime('dt={start:date}/', hour, 7_200_000)).toEqual(['dt=2022-11-24/']);
});

test('every moment of an interval lies in a folder that is listed', () => {
  const formats = fc.constantFrom('{start:date}', '{start:%Y/%m/%d/%H}', '{start:%Y%m%d%H%M}', '{start:%Y-%m}');
  const times = fc.integer({ min: 0, max: 20_000_000 });
  fc.assert(
    fc.property(
      formats,
      times,
      fc.integer({ min: 1, max: 3_000 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (format, at, minutes, share) => {
        const start = at * 60_000;
        const interval = { start: iso(start), end: iso(start + minutes * 60_000) };
        const moment = iso(start + Math.floor(share * minutes * 60) * 1_000);
        expect(withEachTime(format, interval)).toContain(withTimes(format, { start: moment, end: moment }));
      },
    ),
  );
});

test.each(['{strat}', '{start:day}', '{start:%Y-%q}', '{end:}', '{start:%}', '{now}'])(
  '%s is refused, with what is known',
  (text) => {
    const [problem, ...more] = timeProblems(text, 'its prefix');
    expect(more).toEqual([]);
    expect(problem).toContain(
      `its prefix has ${text}, which is not known: known are {start} and {end}, each as {start:date}`,
    );
  },
);

test('params, JSON and the names of a marker are left alone', () => {
  expect(timeProblems('{params.status} {"a": 1} {start:date} {dt}', 'a marker', ['dt'])).toEqual([]);
});
