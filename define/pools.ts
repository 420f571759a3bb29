import type { Pipeline } from './pipeline.js';

/** slots of each pool, by its name */
export type Pools = Record<string, number>;

const mostName = 64;

/** what is wrong with a project's pools, and with the names of pools that its pipelines take */
export function poolProblems(pools: Pools, pipelines: Pick<Pipeline, 'name' | 'pool'>[]): string[] {
  const names = Object.keys(pools);
  const unfit = names
    .filter((name) => name.length > mostName || !/^[a-z0-9][a-z0-9_-]*$/.test(name))
    .map(
      (name) =>
        `the pool '${name}' does not fit: up to ${mostName} lower-case letters, digits and _ - that begin with a letter or digit, as in 'shop-api'`,
    );
  const uncounted = Object.entries(pools)
    .filter(([, slots]) => !Number.isSafeInteger(slots) || slots < 1)
    .map(([name, slots]) => `the pool '${name}' has ${slots} slots, and must have a whole number of them, 1 or more`);
  const unknown = pipelines.flatMap(({ name, pool }) =>
    pool === undefined || Object.hasOwn(pools, pool) ? [] : [unknownPool(name, pool, names)],
  );
  return [...unfit, ...uncounted, ...unknown];
}

export function unknownPool(pipeline: string, pool: string, known: string[]): string {
  const others = known.length > 0 ? `known: ${known.join(', ')}` : 'the project has none';
  return `pipeline ${pipeline} names the pool '${pool}', which is not one of the project's (${others}): add it to \`pools\` of defineProject, as in \`pools: { '${pool}': 2 }\`, or name another`;
}
