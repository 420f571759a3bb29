import { ancestors, type DbtGraph } from './artifacts.js';
import { withTests } from './selection.js';

/** what a build of some nodes writes, and what it reads however far up */
export interface Footprint {
  nodes: Set<string>;
  reads: Set<string>;
}

export type Wanted = Footprint & { fullRefresh?: boolean };

/** of these nodes, with the tests that come along; sources are only read */
export function footprintOf(graph: DbtGraph, selected: Set<string>): Footprint {
  const nodes = [...withTests(graph, selected)].filter((id) => graph.get(id)?.resource_type !== 'source');
  return { nodes: new Set(nodes), reads: ancestors(graph, nodes) };
}

/** whether two builds would work on one table at once, or one would read what the other replaces */
export function clashes(a: Footprint, b: Footprint): boolean {
  return meet(a.nodes, b.nodes) || meet(a.nodes, b.reads) || meet(b.nodes, a.reads);
}

interface Group {
  places: number[];
  members: Wanted[];
  fullRefresh: boolean;
}

/**
 * which of the wanted, in the order in which they came, begin now in at most so many builds, as places in the list. What
 * clashes is built together or one after the other, and nothing overtakes what it clashes with: none waits for ever
 */
export function sideBySide(building: Footprint[], wanted: Wanted[], most: number): number[][] {
  const held = [...building];
  let groups: Group[] = [];
  for (const [place, one] of wanted.entries()) {
    const fullRefresh = one.fullRefresh ?? false;
    const near = groups.filter(({ members }) => members.some((other) => clashes(one, other)));
    // a full refresh shares a build with its like only
    if (held.some((other) => clashes(one, other)) || near.some((group) => group.fullRefresh !== fullRefresh)) {
      held.push(one);
      continue;
    }
    const joined = {
      places: [...near.flatMap(({ places }) => places), place].sort((a, b) => a - b),
      members: [...near.flatMap(({ members }) => members), one],
      fullRefresh,
    };
    groups = [...groups.filter((group) => !near.includes(group)), joined];
  }
  return inBuilds(groups, most);
}

/** the first in builds of their own, the others beside the fewest nodes of their kind, or with the next builds */
function inBuilds(groups: Group[], most: number): number[][] {
  const builds: Group[] = [];
  for (const group of groups.toSorted((a, b) => (a.places[0] ?? 0) - (b.places[0] ?? 0))) {
    if (builds.length < most) {
      builds.push(group);
      continue;
    }
    const [lightest] = builds
      .filter(({ fullRefresh }) => fullRefresh === group.fullRefresh)
      .sort((a, b) => weight(a) - weight(b));
    lightest?.places.push(...group.places);
    lightest?.members.push(...group.members);
  }
  return builds.map(({ places }) => places);
}

const weight = ({ members }: Group) => members.reduce((sum, { nodes }) => sum + nodes.size, 0);

function meet(a: Set<string>, b: Set<string>): boolean {
  const [few, many] = a.size < b.size ? [a, b] : [b, a];
  for (const id of few) if (many.has(id)) return true;
  return false;
}
