import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseManifest } from '../../../dbt/artifacts.js';
import { clashes, footprintOf, sideBySide, type Wanted } from '../../../dbt/side-by-side.js';

const node = (unique_id: string, parents: string[] = []) => [
  unique_id,
  { unique_id, name: unique_id, resource_type: unique_id.split('.')[0], depends_on: { nodes: parents } },
];
const graphOf = (sources: unknown[][], nodes: unknown[][]) =>
  parseManifest(
    JSON.stringify({ sources: Object.fromEntries(sources) as unknown, nodes: Object.fromEntries(nodes) as unknown }),
  );

const graph = graphOf(
  [node('source.s')],
  [
    node('model.a', ['source.s']),
    node('model.b', ['source.s']),
    node('model.view_of_a', ['model.a']),
    node('model.below', ['model.view_of_a']),
    node('test.of_s', ['source.s']),
    node('test.a_and_b', ['model.a', 'model.b']),
  ],
);
const of = (...ids: string[]) => footprintOf(graph, new Set(ids));

describe('two builds can run side by side', () => {
  test.each([
    { a: ['model.a'], b: ['model.a', 'model.b'], clash: true, why: 'they share a model' },
    { a: ['model.a'], b: ['model.b'], clash: false, why: 'they only read the same source' },
    { a: ['model.a'], b: ['model.view_of_a'], clash: true, why: 'one reads the other' },
    { a: ['model.a'], b: ['model.below'], clash: true, why: 'one reads the other through a view' },
    { a: ['source.s', 'model.a'], b: ['source.s', 'model.b'], clash: true, why: 'both run one test of the source' },
    { a: [], b: ['model.a'], clash: false, why: 'one builds nothing' },
  ])('$a beside $b: $clash, $why', ({ a, b, clash }) => {
    expect([clashes(of(...a), of(...b)), clashes(of(...b), of(...a))]).toEqual([clash, clash]);
  });
});

const wanted = (...given: [string[], boolean?][]): Wanted[] =>
  given.map(([nodes, fullRefresh = false]) => ({ nodes: new Set(nodes), reads: new Set(), fullRefresh }));

describe('what waits is arranged', () => {
  test.each([
    { what: 'two that share nothing, in two builds', waits: wanted([['a']], [['b']]), most: 2, builds: [[0], [1]] },
    { what: 'two that share a node, in one', waits: wanted([['a']], [['a', 'b']]), most: 2, builds: [[0, 1]] },
    {
      what: 'one that joins two others, in one',
      waits: wanted([['a']], [['b']], [['a', 'b']]),
      most: 2,
      builds: [[0, 1, 2]],
    },
    {
      what: 'more than there are builds, beside the fewest nodes',
      waits: wanted([['a', 'b']], [['c']], [['d']]),
      most: 2,
      builds: [[0], [1, 2]],
    },
    { what: 'a full refresh, alone on its nodes', waits: wanted([['a']], [['a'], true]), most: 2, builds: [[0]] },
    {
      what: 'a full refresh, beside what shares nothing',
      waits: wanted([['a']], [['b'], true]),
      most: 2,
      builds: [[0], [1]],
    },
    {
      what: 'a full refresh, never in the build of others',
      waits: wanted([['a']], [['b'], true]),
      most: 1,
      builds: [[0]],
    },
    { what: 'nothing, where nothing waits', waits: [], most: 2, builds: [] },
  ])('$what', ({ waits, most, builds }) => {
    expect(sideBySide([], waits, most)).toEqual(builds);
  });

  test('what clashes with a build under way waits, and nothing overtakes it that clashes with it', () => {
    const building = wanted([['a']]);
    expect(sideBySide(building, wanted([['a', 'b']], [['b']], [['c']]), 2)).toEqual([[2]]);
  });
});

const chain = (at: number, parents: number[]) =>
  node(
    `model.${at}`,
    parents.filter((parent) => parent < at).map((parent) => `model.${parent}`),
  );
const graphs = fc.array(fc.array(fc.nat(9), { maxLength: 2 }), { minLength: 10, maxLength: 10 }).map((parents) =>
  graphOf(
    [],
    parents.map((given, at) => chain(at, given)),
  ),
);
const selection = fc.record({
  nodes: fc.uniqueArray(fc.nat(9), { minLength: 1, maxLength: 3 }),
  fullRefresh: fc.boolean(),
});

test('of any selections, in any graph: builds never clash, the first that can begin does, and none is overtaken', () => {
  fc.assert(
    fc.property(
      graphs,
      fc.array(selection, { maxLength: 2 }),
      fc.array(selection, { maxLength: 8 }),
      fc.integer({ min: 1, max: 4 }),
      (graph, underWay, waits, most) => {
        const print = ({ nodes, fullRefresh }: { nodes: number[]; fullRefresh: boolean }) => ({
          ...footprintOf(graph, new Set(nodes.map((at) => `model.${at}`))),
          fullRefresh,
        });
        const building = underWay.map(print);
        const all = waits.map(print);
        const at = (place: number) => all[place] as Wanted;
        const builds = sideBySide(building, all, most);
        const begun = builds.flat();

        expect(builds.length).toBeLessThanOrEqual(most);
        expect(new Set(begun).size).toBe(begun.length);
        for (const [place, one] of all.entries()) {
          const build = builds.find((places) => places.includes(place));
          if (!build) continue;
          // beside it: the builds under way, and the others that begin
          const others = builds.filter((places) => places !== build).flat();
          for (const other of [...building, ...others.map(at)]) expect(clashes(one, other)).toBe(false);
          for (const other of build) expect(at(other).fullRefresh).toBe(one.fullRefresh);
          const earlier = all.slice(0, place).filter((_, other) => !begun.includes(other));
          for (const other of earlier) expect(clashes(one, other)).toBe(false);
        }
        const first = all.findIndex((one) => !building.some((other) => clashes(one, other)));
        const isHeld = first > 0 && all.slice(0, first).some((other) => clashes(at(first), other));
        if (first >= 0 && !isHeld) expect(begun).toContain(first);
      },
    ),
    { numRuns: 500 },
  );
});
