import { expect, test } from 'vitest';
import { ask, emptyPool, grant, hear, isEmpty, leave, silent, type Claim } from '../../../model/slots.js';
import { placeOf, placeText } from '../../../model/slot-place.js';

const claimOf = (name: string, since: number): Claim => ({ id: `id of ${name}`, workflowId: name, runId: 'r', since });
const named = (claims: Claim[]) => claims.map(({ workflowId }) => workflowId);

function poolOf(slots: number, ...claims: Claim[]) {
  const pool = emptyPool();
  for (const claim of claims) ask(pool, { ...claim, slots }, 0);
  return pool;
}
const [a, b, c, d] = [claimOf('a', 1), claimOf('b', 2), claimOf('c', 3), claimOf('d', 4)];

test('those that began to wait first come first, in whatever order their asks arrive', () => {
  const pool = poolOf(2, d, b, a, c);
  expect(named(grant(pool, 0))).toEqual(['a', 'b']);
  expect(grant(pool, 0)).toEqual([]);
  leave(pool, a.id);
  expect(named(grant(pool, 0))).toEqual(['c']);
});

test('asks and goodbyes that come twice change nothing', () => {
  const pool = poolOf(1, a, a, b);
  grant(pool, 0);
  leave(pool, a.id);
  leave(pool, a.id);
  expect(named(grant(pool, 0))).toEqual(['b']);
  ask(pool, { ...b, slots: 1, holds: true }, 5);
  expect(named(pool.holders)).toEqual(['b']);
  expect(pool.waiting).toEqual([]);
});

test('a run that asks again for a slot that it has was not told of it', () => {
  const pool = poolOf(1, a);
  expect(ask(pool, { ...a, slots: 1 }, 1)).toBe(false);
  grant(pool, 2);
  expect(ask(pool, { ...a, slots: 1 }, 3)).toBe(true);
  expect(ask(pool, { ...a, slots: 1, holds: true }, 4)).toBe(false);
});

test('the number of slots is the newest; one that is lowered takes no slot from anybody', () => {
  const pool = poolOf(3, a, b, c, d);
  expect(named(grant(pool, 0))).toEqual(['a', 'b', 'c']);
  ask(pool, { ...d, slots: 2 }, 1);
  leave(pool, a.id);
  expect(grant(pool, 1)).toEqual([]);
  leave(pool, b.id);
  expect(named(grant(pool, 1))).toEqual(['d']);
});

test('a pool whose state was lost grants nothing until its holders have said so again', () => {
  const pool = { ...poolOf(1, b), quietUntil: 100 };
  expect(grant(pool, 99)).toEqual([]);
  ask(pool, { ...a, slots: 1, holds: true }, 99);
  expect(grant(pool, 100)).toEqual([]);
  leave(pool, a.id);
  expect(named(grant(pool, 100))).toEqual(['b']);
});

test('holders are asked after three minutes of silence, those that wait after twenty', () => {
  const pool = poolOf(1, a, b);
  grant(pool, 0);
  expect(silent(pool, 179_999)).toEqual({ holders: [], waiting: [] });
  expect(named(silent(pool, 180_000).holders)).toEqual(['a']);
  hear(pool, a.id, 180_000);
  expect(silent(pool, 180_000).holders).toEqual([]);
  expect(named(silent(pool, 1_200_000).waiting)).toEqual(['b']);
});

test('a place is told with who holds the slots, and how many are before', () => {
  const pool = poolOf(2, a, b, c, d);
  grant(pool, 0);
  expect(placeOf(pool, a.id)).toBeUndefined();
  const place = placeOf(pool, d.id);
  expect(place && placeText('shop-api', place)).toBe(
    'waits for a slot of pool shop-api: 2 of 2 taken by a, b; 1 before it',
  );
});

test('a place names five holders at most, and a pool that is quiet says until when', () => {
  const many = Array.from({ length: 8 }, (_, at) => claimOf(`r${at}`, at));
  const pool = poolOf(7, ...many);
  grant(pool, 0);
  pool.quietUntil = Date.parse('2026-01-01T00:00:00Z');
  const place = placeOf(pool, 'id of r7');
  expect(place && placeText('p', place)).toBe(
    'waits for a slot of pool p: 7 of 7 taken by r0, r1, r2, r3, r4 and 2 more; 0 before it; none is granted before 2026-01-01T00:00:00.000Z, since the pool has to find its holders again',
  );
  for (const { id } of many) leave(pool, id);
  expect(isEmpty(pool)).toBe(true);
});
