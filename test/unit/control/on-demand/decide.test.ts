import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ahead, decide, linger, visit, watchPatience, type Decision } from '../../../../control/on-demand/decide.js';

const now = 1_800_000_000_000;
const asleep: Decision = { wanted: false, until: -Infinity };
const time = fc.integer({ min: now - 2 * watchPatience, max: now + 2 * watchPatience });
const work = fc.record({ nextStart: time, nextTask: time, watchWaits: time }, { requiredKeys: [] });

describe('workers are wanted', () => {
  test.each([
    { why: 'a schedule starts something soon', work: { nextStart: now + ahead } },
    { why: 'a task waits or is under way', work: { nextTask: now } },
    { why: 'a task waited before the look', work: { nextTask: now - 5_000 } },
    { why: 'the next attempt of a step is due soon', work: { nextTask: now + ahead } },
    { why: 'the watch has waited for an hour', work: { watchWaits: now - watchPatience } },
  ])('when $why', ({ work }) => {
    expect(decide(asleep, now, false, work).wanted).toBe(true);
  });

  test.each([
    { why: 'nothing is open', work: {} },
    { why: 'the next start is far', work: { nextStart: now + ahead + 1 } },
    { why: 'the next attempt of a step is far', work: { nextTask: now + ahead + 1 } },
    { why: 'the watch has waited for less than an hour', work: { watchWaits: now - watchPatience + 1 } },
  ])('not when $why', ({ work }) => {
    expect(decide(asleep, now, false, work).wanted).toBe(false);
  });

  test('for a while after somebody else has started them, and at the first look', () => {
    const first = decide(asleep, now, true, {});
    expect(first.wanted).toBe(true);
    expect(decide(undefined, now, true, {}).wanted).toBe(true);
    expect(decide(undefined, now, false, {}).wanted).toBe(false);
    expect(decide(first, now + visit - 1, true, {}).wanted).toBe(true);
    expect(decide(first, now + visit, true, {}).wanted).toBe(false);
  });
});

test('they stop only once every look of a whole linger has seen nothing to do', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ after: fc.nat(linger), isUp: fc.boolean(), work }), { maxLength: 30 }),
      (looks) => {
        let at = now;
        let before: Decision | undefined;
        for (const { after, isUp, work } of looks) {
          at += after;
          const decided = decide(before, at, isUp, work);
          if (before?.wanted && !decided.wanted) expect(at).toBeGreaterThanOrEqual(before.until);
          if (decide(asleep, at, false, work).wanted) expect(decided.until).toBeGreaterThanOrEqual(at + linger);
          before = decided;
        }
      },
    ),
  );
});

/** some hours, look by look: when workers poll, and what they have done */
function looksOver(hours: number, runs: { due: number; lasts: number; isScheduled: boolean }[]) {
  const [look, boot] = [30_000, 75_000];
  let decision: Decision | undefined;
  let pollsFrom = Infinity;
  let upFor = 0;
  const open = runs.map((run) => ({ ...run, startedAt: undefined as number | undefined, left: run.lasts }));
  for (let at = now; at < now + hours * 3_600_000; at += look) {
    for (const run of open.filter(({ due, left }) => due <= at && left > 0 && pollsFrom <= at)) {
      run.startedAt ??= Math.max(run.due, pollsFrom);
      run.left -= look;
    }
    const future = open.filter(({ due, isScheduled }) => isScheduled && due >= at).map(({ due }) => due);
    const isOpen = open.some(({ due, left }) => due <= at && left > 0);
    decision = decide(decision, at, pollsFrom < Infinity, {
      ...(future.length > 0 && { nextStart: Math.min(...future) }),
      ...(isOpen && { nextTask: at }),
    });
    if (decision.wanted && pollsFrom === Infinity) pollsFrom = at + boot;
    if (!decision.wanted && isOpen) throw new Error(`stopped at ${at} while a run goes on`);
    if (!decision.wanted) pollsFrom = Infinity;
    if (decision.wanted) upFor += look;
  }
  return { open, upFor };
}

const run = fc.record({
  due: fc.integer({ min: now + 300_000, max: now + 18_000_000 }),
  lasts: fc.integer({ min: 1, max: 3_000_000 }),
  isScheduled: fc.boolean(),
});

test('a run begins within two minutes, and no workers stop while it goes on', () => {
  fc.assert(
    fc.property(fc.array(run, { maxLength: 8 }), (runs) => {
      for (const { due, startedAt } of looksOver(8, runs).open) {
        expect(startedAt).toBeDefined();
        // a look every 30 seconds sees what nobody has scheduled
        expect((startedAt ?? Infinity) - due).toBeLessThanOrEqual(120_000);
      }
    }),
  );
});

test('a scheduled run finds workers that poll already, and an hourly one has them for a sixth of the day', () => {
  const runs = Array.from({ length: 23 }, (_, hour) => ({
    due: now + 600_000 + hour * 3_600_000,
    lasts: 120_000,
    isScheduled: true,
  }));
  const { open, upFor } = looksOver(24, runs);
  expect(open.every(({ due, startedAt }) => startedAt === due)).toBe(true);
  expect(upFor / 86_400_000).toBeGreaterThan(0.13);
  expect(upFor / 86_400_000).toBeLessThan(0.19);
});
