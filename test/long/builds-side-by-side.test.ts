import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sideBySide as arrangeFootprints, type Wanted } from '../../dbt/side-by-side.js';
import type { Activities } from '../../activities/types.js';
import { TerminalError } from '../../model/errors.js';
import { selectionKey, type DbtResult, type DbtSelection } from '../../model/dbt.js';
import { atLevel } from '../support/level.js';
import { onServer, type OnServer } from '../support/on-server.js';
import { type Fakes, type TimeSkipping } from '../support/time-skipping.js';

let server: OnServer;
let world: TimeSkipping;
beforeAll(async () => {
  server = await onServer();
  ({ world } = server);
}, 60_000);
afterAll(() => server?.close());

const success: DbtResult = { status: 'success', ok: 1, failed: 0, skipped: 0, failures: [] };
const later = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const nodesOf = ({ select }: DbtSelection) => new Set(select.split(' '));

/** here a select names its nodes */
const arrangeBuilds: Activities['arrangeBuilds'] = async ({ building, wanted, most }) => {
  const print = (one: DbtSelection & { fullRefresh?: boolean }): Wanted => ({
    nodes: nodesOf(one),
    reads: new Set(),
    fullRefresh: one.fullRefresh ?? false,
  });
  return { builds: arrangeFootprints(building.map(print), wanted.map(print), most) };
};

interface Asked {
  select: string;
  fullRefresh?: boolean;
}

/** a project whose builds take as long as `work` says */
function project(work: (nodes: Set<string>) => Promise<void>, changes: Partial<Activities> = {}) {
  const active: Set<string>[] = [];
  const seen = { most: 0, overlapping: 0, builds: [] as string[][] };
  const fake: Fakes = world.fakes({
    arrangeBuilds,
    dbtBuild: async ({ selections }) => {
      const nodes = new Set(selections.flatMap((one) => [...nodesOf(one)]));
      if (active.some((other) => [...other].some((node) => nodes.has(node)))) seen.overlapping++;
      active.push(nodes);
      seen.most = Math.max(seen.most, active.length);
      seen.builds.push([...nodes].sort());
      try {
        await work(nodes);
      } finally {
        active.splice(active.indexOf(nodes), 1);
      }
      const bySelect = Object.fromEntries(selections.map((one) => [selectionKey(one), success]));
      return { bySelect, total: success, artifacts: '' };
    },
    ...changes,
  });
  const target = `target-${Math.random()}`;
  const start = ({ select, fullRefresh }: Asked) =>
    world.environment.client.workflow.start('dbtRequest', {
      workflowId: `request-${Math.random()}`,
      taskQueue: fake.taskQueue,
      args: [{ select, dbtTarget: target, ...(fullRefresh && { fullRefresh }) }],
    });
  const ask = async (asked: Asked) => (await start(asked)).result() as Promise<DbtResult>;
  const begun = (builds: number) => expect.poll(() => seen.builds.length, { timeout: 20_000 }).toBe(builds);
  return { fake, seen, begun, start, ask };
}

test('a slow build holds up what shares a node with it, and nothing else', async () => {
  const ended: string[] = [];
  let quickIsBuilt = () => undefined as void;
  // it ends only after the quick one: one after the other they would wait for ever
  const slow = new Promise<void>((resolve) => (quickIsBuilt = resolve));
  const { fake, seen, begun, ask } = project((nodes) => (nodes.has('slow') ? slow : Promise.resolve()));
  fake.sideBySide = 2;
  await world.running(fake, async () => {
    const end = (select: string) => ask({ select }).then(() => ended.push(select));
    const first = end('slow shared');
    await begun(1);
    const dependent = end('shared mart');
    await end('quick');
    expect(seen.builds).toEqual([['shared', 'slow'], ['quick']]);
    quickIsBuilt();
    await Promise.all([first, dependent]);
  });
  expect(ended[0]).toBe('quick');
  expect(seen).toMatchObject({ most: 2, overlapping: 0, builds: [['shared', 'slow'], ['quick'], ['mart', 'shared']] });
});

test('of what waits at the same time, a slow one holds up only those of its own build', async () => {
  let isQuickBuilt = () => undefined as void;
  const slow = new Promise<void>((resolve) => (isQuickBuilt = resolve));
  const { fake, begun, ask } = project(async (nodes) => {
    if (nodes.has('first')) await later(1_000);
    if (nodes.has('slow')) await slow;
  });
  fake.sideBySide = 2;
  await world.running(fake, async () => {
    // both wait for the first, and begin when it ends
    const first = ask({ select: 'first a b' });
    await begun(1);
    const waiting = [ask({ select: 'a slow' }), ask({ select: 'b quick' })];
    await first;
    await waiting[1];
    isQuickBuilt();
    await waiting[0];
  });
});

test('with a limit of one, builds follow each other, and no worker is asked to arrange them', async () => {
  const { fake, seen, ask } = project(() => later(100), {
    arrangeBuilds: () => Promise.reject(new Error('it is not asked')),
  });
  fake.sideBySide = 1;
  await world.running(fake, () => Promise.all(['a', 'b', 'c'].map((select) => ask({ select }))));
  expect(seen.most).toBe(1);
});

test('a project that cannot be read is built as one, and its build says what is wrong', async () => {
  const { fake, seen, begun, ask } = project(
    async (nodes) => {
      if (nodes.has('first')) await later(200);
    },
    { arrangeBuilds: () => Promise.reject(new TerminalError('DbtFailed', 'dbt could not parse')) },
  );
  fake.sideBySide = 2;
  await world.running(fake, async () => {
    const first = ask({ select: 'first' });
    await begun(1);
    await Promise.all([first, ask({ select: 'a' }), ask({ select: 'b' })]);
  });
  expect(seen).toMatchObject({ most: 1 });
});

test('one that is withdrawn while it waits is not built, and holds up no other', async () => {
  let end = () => undefined as void;
  const held = new Promise<void>((resolve) => (end = resolve));
  const { fake, seen, begun, ask, start } = project((nodes) => (nodes.has('held') ? held : Promise.resolve()));
  fake.sideBySide = 2;
  await world.running(fake, async () => {
    const first = ask({ select: 'held' });
    await begun(1);
    const between = await start({ select: 'held between' });
    await later(200);
    // it shares a node with what waits before it
    const last = ask({ select: 'between last' });
    await later(200);
    expect(seen.builds).toHaveLength(1);
    await between.cancel();
    await last;
    end();
    await first;
  });
  expect(seen.builds).toEqual([['held'], ['between', 'last']]);
});

const nodes = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { minLength: 1, maxLength: 2 });
const request = fc.record({ nodes, fullRefresh: fc.boolean(), after: fc.nat(150) });

test(
  'of any requests none runs beside another with the same node, all are built, and at most so many at once',
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(request, { minLength: 3, maxLength: 10 }),
        fc.integer({ min: 1, max: 3 }),
        async (requests, most) => {
          const { fake, seen, ask } = project(() => later(40));
          fake.sideBySide = most;
          const results = await world.running(fake, () =>
            Promise.all(
              requests.map(async ({ nodes, fullRefresh, after }) => {
                await later(after);
                return ask({ select: nodes.join(' '), fullRefresh });
              }),
            ),
          );
          expect(results.every(({ status }) => status === 'success')).toBe(true);
          expect(seen.overlapping).toBe(0);
          expect(seen.most).toBeLessThanOrEqual(most);
          const wanted = new Set(requests.flatMap(({ nodes }) => nodes));
          expect(new Set(seen.builds.flat())).toEqual(wanted);
        },
      ),
      { numRuns: atLevel(5, 30) },
    );
  },
  atLevel(120_000, 1_200_000),
);
