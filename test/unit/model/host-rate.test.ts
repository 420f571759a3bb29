import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  join,
  leave,
  prune,
  shareOf,
  sliceAt,
  sliceLength,
  turnAt,
  type HostRateState,
  type Share,
} from '../../../model/host-rate.js';

const ids = ['a', 'b', 'c'];

type Move = { after: number; id: string; kind: 'join' | 'leave' | 'look'; weight: number };
const move: fc.Arbitrary<Move> = fc.record({
  after: fc.integer({ min: 0, max: 12_000 }),
  id: fc.constantFrom(...ids),
  kind: fc.constantFrom('join', 'join', 'leave', 'look'),
  weight: fc.integer({ min: 1, max: 3 }),
});

test('whenever workers come, go and look, no turn of a slice has two owners', () => {
  fc.assert(
    fc.property(fc.array(move, { maxLength: 60 }), (moves) => {
      const state: HostRateState = { entries: [] };
      let now = 5_000_000;
      /** what each worker saw, by slice: it looks once in each */
      const seen = new Map<string, Share>();
      for (const { after, id, kind, weight } of moves) {
        now += after;
        prune(state, now);
        if (kind === 'join') join(state, { id, weight, perSecond: 2 }, now);
        if (kind === 'leave') leave(state, id, now);
        const slice = sliceAt(now);
        for (const one of ids) {
          const key = `${slice} ${one}`;
          const share = shareOf(state, one, slice);
          if (share && !seen.has(key)) seen.set(key, share);
        }
        const shares = ids
          .flatMap((one) => seen.get(`${slice} ${one}`) ?? [])
          .filter(({ places }) => places.length > 0);
        const places = shares.flatMap((share) => share.places);
        expect(new Set(places).size, JSON.stringify(state)).toBe(places.length);
        for (const { total } of shares) expect(total).toBe(shares[0]?.total);
      }
    }),
    { numRuns: 500 },
  );
});

test('the turns of all workers together are the rate, evenly', () => {
  const state: HostRateState = { entries: [] };
  const begin = 100 * sliceLength;
  for (const [at, id] of ids.entries()) join(state, { id, weight: at + 1, perSecond: 5 }, begin);
  const slice = sliceAt(begin) + 1;
  const turns = ids.flatMap((id) => {
    const share = shareOf(state, id, slice) ?? expect.unreachable();
    const found: number[] = [];
    for (let at = turnAt(share, share.from + 1); at !== undefined; at = turnAt(share, at + 1)) found.push(at);
    return found;
  });
  const sorted = turns.sort((a, b) => a - b);
  expect(sorted.length).toBeGreaterThanOrEqual(48);
  expect(sorted.length).toBeLessThanOrEqual(50);
  for (const [at, turn] of sorted.slice(1).entries()) expect(turn - (sorted[at] ?? 0)).toBe(200);
});

test('the first worker begins at once, the next with the next slice, and the lowest rate holds', () => {
  const state: HostRateState = { entries: [] };
  const now = 100 * sliceLength + 1_000;
  join(state, { id: 'a', weight: 1, perSecond: 5 }, now);
  join(state, { id: 'b', weight: 1, perSecond: 2 }, now);
  expect(shareOf(state, 'a', 100)).toMatchObject({ total: 1, places: [0], perSecond: 5 });
  expect(shareOf(state, 'b', 100)).toMatchObject({ places: [] });
  expect(shareOf(state, 'b', 101)).toMatchObject({ total: 2, places: [1], perSecond: 2 });
  // just before a slice begins, others may have looked at it by their clocks
  join(state, { id: 'c', weight: 1, perSecond: 2 }, 101 * sliceLength - 500);
  expect(shareOf(state, 'c', 101)).toMatchObject({ total: 2, places: [] });
  expect(shareOf(state, 'c', 102)).toMatchObject({ total: 3, places: [2] });
});

test('a worker that is heard of no more loses its share after a minute and a half', () => {
  const state: HostRateState = { entries: [] };
  join(state, { id: 'a', weight: 1, perSecond: 2 }, 0);
  join(state, { id: 'b', weight: 1, perSecond: 2 }, 0);
  for (let slice = 1; slice <= 10; slice++) join(state, { id: 'a', weight: 1, perSecond: 2 }, slice * sliceLength);
  expect(shareOf(state, 'a', 9)?.total).toBe(2);
  expect(shareOf(state, 'a', 10)?.total).toBe(1);
  expect(shareOf(state, 'b', 10)).toBeUndefined();
});
