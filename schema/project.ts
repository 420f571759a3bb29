import { TerminalError } from '../model/errors.js';
import type { Pipeline } from './pipeline.js';
import { poolProblems, type Pools } from './pools.js';

export interface ProjectOptions {
  /** every pipeline that runs, in the order in which they are listed */
  pipelines: Pipeline[];
  /** how many runs may extract at once from what pipelines share, as in `{ 'shop-api': 2 }`; a pipeline names its pool */
  pools?: Pools;
}

/** a team's pipelines and what they share; `waterclock.config.ts` exports it */
export interface Project {
  pipelines: Pipeline[];
  pools: Pools;
}

/** throws InvalidDefinition with every problem of the project */
export function defineProject({ pipelines, pools = {} }: ProjectOptions): Project {
  const names = pipelines.map(({ name }) => name);
  const problems = [...new Set(names.filter((name, at) => names.indexOf(name) < at))].map(
    (name) => `two pipelines share the name ${name}`,
  );
  problems.push(...poolProblems(pools, pipelines));
  if (problems.length > 0) throw new TerminalError('InvalidDefinition', `the project: ${problems.join('; ')}`);
  return { pipelines, pools };
}
