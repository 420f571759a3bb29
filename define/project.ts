import { TerminalError } from '../model/errors.js';
import { buildsOf, type BuildOptions, type ScheduledBuild } from './builds.js';
import { waitsForItself } from '../model/dependents.js';
import type { Pipeline } from './pipeline.js';
import { poolProblems, type Pools } from './pools.js';

/** a question that `waterclock results` and `npm start` answer */
export interface ShownQuestion {
  title: string;
  /** one SELECT */
  sql: string;
  /** asked only once this pipeline has loaded */
  pipeline?: string;
}

export interface ProjectOptions {
  /** every pipeline that runs, in the order in which they are listed */
  pipelines: Pipeline[];
  /** folder of the dbt project, beside `waterclock.config.ts`; `./dbt` when absent */
  dbt?: string;
  show?: ShownQuestion[];
  /** builds of dbt on schedules of their own */
  builds?: BuildOptions[];
  /** how many runs may extract at once from what pipelines share, as in `{ 'shop-api': 2 }`; a pipeline names its pool */
  pools?: Pools;
}

/** a team's pipelines and what they share; `waterclock.config.ts` exports it */
export interface Project {
  pipelines: Pipeline[];
  dbt: string;
  show: ShownQuestion[];
  builds: ScheduledBuild[];
  pools: Pools;
}

/** throws InvalidDefinition with every problem of the project */
export function defineProject({
  pipelines,
  dbt = './dbt',
  show = [],
  builds = [],
  pools = {},
}: ProjectOptions): Project {
  const names = pipelines.map(({ name }) => name);
  const problems = [...new Set(names.filter((name, at) => names.indexOf(name) < at))].map(
    (name) => `two pipelines share the name ${name}`,
  );
  for (const { title, pipeline } of show) {
    if (pipeline !== undefined && !names.includes(pipeline))
      problems.push(`the question '${title}' names ${pipeline}, which is not a pipeline (known: ${names.join(', ')})`);
  }
  const scheduled = buildsOf(builds, names, problems);
  problems.push(...poolProblems(pools, pipelines));
  problems.push(
    ...pipelines
      .filter((one) => waitsForItself(pipelines, one))
      .map(({ name }) => `runs of ${name} would wait for themselves: its \`after\` leads back to it`),
  );
  if (problems.length > 0) throw new TerminalError('InvalidDefinition', `the project: ${problems.join('; ')}`);
  return { pipelines, dbt, show, builds: scheduled, pools };
}
