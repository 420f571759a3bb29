import { afterAll, beforeAll, expect, test } from 'vitest';
import { ref, timeSkipping, type TimeSkipping } from '../support/time-skipping.js';

let world: TimeSkipping;
beforeAll(async () => {
  world = await timeSkipping();
}, 60_000);
afterAll(() => world?.environment.teardown());

test('many objects are extracted range by range, and more parts than activities are validated several at a time', async () => {
  const asked: string[] = [];
  const parts: number[] = [];
  const fake = world.fakes({
    extract: async ({ spreads }) => {
      asked.push(spreads ? 'list' : 'add up');
      return {
        manifest: ref('extract'),
        parts: spreads ? 0 : 1_201,
        files: 3,
        bytes: 10,
        ...(spreads && { ranges: 3 }),
      };
    },
    extractRange: async ({ range }) => void asked.push(`range ${range}`),
    validatePart: async ({ part, count = 1 }) =>
      void parts.push(...Array.from({ length: count }, (_, at) => part + at)),
  });
  await world.execute(fake);
  expect([asked[0], ...asked.slice(1, -1).sort(), asked.at(-1)]).toEqual([
    'list',
    'range 0',
    'range 1',
    'range 2',
    'add up',
  ]);
  expect(new Set(parts).size).toBe(parts.length);
  expect(parts.filter((part) => part < 1_201)).toHaveLength(1_201);
}, 60_000);
