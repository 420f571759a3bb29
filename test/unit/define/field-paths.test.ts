import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { missedValues } from '../../../activities/threads/missed-values.js';
import { parsePath, pathText } from '../../../model/field-path.js';
import { eventTimeOf, looksLikeOtherUnit, parseEventTime } from '../../../validate/event-time.js';
import { defineEntity } from '../../../define/entity.js';
import { rowsOf } from '../../../validate/rows-of.js';
import { entityValidator } from '../../../validate/validator.js';

/** any JSON has such names; dots and backslashes more often than chance would */
const name = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', '.', '\\', 'b'), maxLength: 6 }),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('geo.lat', '__proto__', 'constructor', '', '.', '\\'),
);
const path = fc.array(name, { minLength: 1, maxLength: 4 });

/** a record with one value, at a path */
const nested = ([first = '', ...rest]: string[], value: unknown): unknown =>
  Object.fromEntries([[first, rest.length > 0 ? nested(rest, value) : value]]);

test.each([
  ['geo.lat', ['geo', 'lat']],
  ['geo\\.lat', ['geo.lat']],
  ['a.geo\\.lat.b', ['a', 'geo.lat', 'b']],
  ['back\\\\.slash', ['back\\', 'slash']],
  ['C:\\dir', ['C:\\dir']],
  ['', ['']],
  ['a..b', ['a', '', 'b']],
])('%s is the path %j', (text, names) => {
  expect(parsePath(text)).toEqual(names);
});

test('the text of a path names that path, whatever its names hold', () => {
  fc.assert(
    fc.property(path, (names) => {
      expect(parsePath(pathText(names))).toEqual(names);
    }),
  );
});

test('a text without a backslash is split at its dots, as it always was', () => {
  fc.assert(
    fc.property(
      fc.string().filter((text) => !text.includes('\\')),
      (text) => {
        expect(parsePath(text)).toEqual(text.split('.'));
      },
    ),
  );
});

test('when, with, each and eventTime find the value at any path', () => {
  fc.assert(
    fc.property(path, (names) => {
      const at = pathText(names);
      const entity = defineEntity({
        name: 'rows',
        mode: 'append',
        schema: z.object({ id: z.string().optional() }),
        when: Object.fromEntries([[at, 'wanted']]),
      });
      const { wants } = entityValidator(entity, () => undefined);
      expect([wants(nested(names, 'wanted')), wants(nested(names, 'other'))]).toEqual([true, false]);
      expect(rowsOf({ each: at }).make(nested(names, [1]))).toEqual([{ value: 1 }]);
      const record = { items_of_record: [{}], field: nested(names, 'common') };
      const rows = rowsOf({ each: 'items_of_record', with: { common: pathText(['field', ...names]) } });
      expect(rows.make(record)).toEqual([{ common: 'common' }]);
      expect(eventTimeOf(parseEventTime(at))(nested(names, 1_000))).toBe(1_000);
    }),
  );
});

test('a field that only `when` needs is no drift, also where its name has a dot', () => {
  const entity = defineEntity({
    name: 'rows',
    mode: 'append',
    schema: z.object({ id: z.string() }),
    when: { 'meta.kind': 'no', 'meta\\.kind': 'trip' },
  });
  const validator = entityValidator(entity, () => undefined);
  validator.validate({ id: 'a', 'meta.kind': 'trip' });
  expect(validator.drift()).toMatchObject({ unknown: {}, unnamed: 0 });
});

test('messages name a path as a definition writes it', () => {
  const interval = { start: '2026-01-01T00:00:00Z', end: '2026-01-01T01:00:00Z' };
  const eventTime = parseEventTime('time\\.sent');
  const seconds = Date.parse(interval.start) / 1000;
  expect(looksLikeOtherUnit(seconds, eventTime, interval)).toContain("{ at: 'time\\\\.sent', unit: 'seconds' }");
  const missed = missedValues({ entities: [], eventTime }, interval);
  missed.dropped({ 'time.sent': 7 });
  expect(missed.found().dropped).toEqual(['time\\.sent = 7']);
});
