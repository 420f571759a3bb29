import { expect, test } from 'vitest';
import { dbtSource } from '../../../dbt/dbt-source.js';
import { differences, scheduleOf } from '../../../control/schedules.js';
import { gridText } from '../../../control/lengths.js';
import { tinyPipeline } from '../../support/tiny-pipeline.js';

const zoned = (schedule: object) => tinyPipeline({ schedule: schedule as { every: string } });
const timezone = 'Europe/Madrid';

test('the grid of a schedule keeps its zone, which is shown', () => {
  const daily = zoned({ every: '1 day', offset: '1 hour', timezone });
  expect(daily.grid).toEqual({ cron: '0 0 * * *', timezone, offset: 3_600_000 });
  expect(gridText(daily.grid)).toBe('every 1 day, Europe/Madrid');
  expect(gridText(zoned({ cron: '30 6 * * 1-5', timezone }).grid)).toBe('cron 30 6 * * 1-5, Europe/Madrid');
  expect(zoned({ every: '1 day', timezone: 'UTC' }).grid).toEqual({ every: 86_400_000, offset: 0 });
});

test.each([
  [{ every: '1 hour', timezone }, "a timezone needs a cron expression or every: '1 day'; intervals of '1 hour'"],
  [
    { every: '1 day', timezone: 'Madrid' },
    "a timezone is a name of the IANA database like 'Europe/Madrid', got 'Madrid'",
  ],
  [
    { cron: '30 2 * * *', timezone },
    '02:30 comes twice in Europe/Madrid on 2026-10-25, when the clocks go back from 03:00 to 02:00',
  ],
  [{ cron: '0 * * * *', timezone }, 'or leave the timezone out if they come every hour'],
  [{ every: '1 day', timezone: 'Atlantic/Azores' }, '00:00 comes twice in Atlantic/Azores'],
])('%j is refused: %s', (schedule, reason) => {
  expect(() => zoned(schedule)).toThrow(reason);
});

test.each([
  { cron: '30 2 * * *', timezone: 'America/New_York' },
  { cron: '30 2 * * *', timezone: 'Asia/Kolkata' },
  // the clocks go back on Sundays
  { cron: '30 2 * * 1-5', timezone },
  { cron: '*/15 0,4-23 * * *', timezone },
])('%j is taken', (schedule) => {
  expect(zoned(schedule).grid).toMatchObject(schedule);
});

test('another zone is a difference of the schedule', () => {
  const [madrid, lisbon] = [timezone, 'Europe/Lisbon'].map((zone) =>
    scheduleOf(zoned({ every: '1 day', timezone: zone }), 'queue', undefined),
  );
  const found = { spec: { timezone }, policies: {}, action: madrid?.action } as never;
  expect(differences(lisbon ?? ({} as never), found)).toContainEqual({
    what: 'timezone',
    from: timezone,
    to: 'Europe/Lisbon',
  });
});

test('freshness allows for the longest day of a zone', () => {
  expect(dbtSource(zoned({ every: '1 day', timezone }))).toContain('count: 1500');
  expect(dbtSource(zoned({ every: '1 day' }))).toContain('count: 1440');
});
