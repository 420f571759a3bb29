import fc from 'fast-check';
import { expect, test } from 'vitest';
import { poolWorld } from '../../support/pool-world.js';

const runs = 6;

/** one thing that happens; `which` chooses among the runs or the signals that are under way */
const happening = fc.record({
  what: fc.constantFrom(
    'begin',
    'begin',
    'deliver',
    'deliver',
    'deliver',
    'deliver',
    'deliver twice',
    'end',
    'cancel',
    'terminate',
    'reset',
    'pass time',
    'lose the pool',
    'continue as new',
  ),
  which: fc.nat(),
});

test('no slot is held by two and none is lost, in whatever order signals arrive, come twice, and runs and pools end', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 3 }),
      fc.array(happening, { minLength: 40, maxLength: 150, size: 'max' }),
      (slots, happenings) => {
        const world = poolWorld(slots, runs);
        for (const { what, which } of happenings) {
          world.happen(what, which);
          expect(world.holding()).toBeLessThanOrEqual(slots);
        }
        // whatever happened, who waits is served once those before it have ended
        for (let rounds = 0; world.living() > 0; rounds++) {
          expect(rounds).toBeLessThan(400);
          world.settle();
          expect(world.holding()).toBeLessThanOrEqual(slots);
        }
        expect(world.isIdle()).toBe(true);
      },
    ),
    { numRuns: 500 },
  );
});

test('a free slot is granted at once, and never more wait than have to', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: runs }), (slots, asking) => {
      const world = poolWorld(slots, runs);
      for (let at = 0; at < asking; at++) world.happen('begin', at);
      world.deliverAll();
      expect(world.holding()).toBe(Math.min(slots, asking));
    }),
  );
});
