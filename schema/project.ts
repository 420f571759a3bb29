import { TerminalError } from '../model/errors.js';
import { buildsOf, type BuildOptions, type ScheduledBuild } from './builds.js';
import type { Pipeline } from './pipeline.js';

export interface ProjectOptions {
  /** every pipeline that runs, in the order in which they are listed */
  pipelines: Pipeline[];
  /** builds of dbt on schedules of their own */
  builds?: BuildOptions[];
}

/** a team's pipelines and what they share; `waterclock.config.ts` exports it */
export interface Project {
  pipelines: Pipeline[];
  builds: ScheduledBuild[];
}

/** throws InvalidDefinition with every problem of the project */
export function defineProject({ pipelines, builds = [] }: ProjectOptions): Project {
  const names = pipelines.map(({ name }) => name);
  const problems = [...new Set(names.filter((name, at) => names.indexOf(name) < at))].map(
    (name) => `two pipelines share the name ${name}`,
  );
  const scheduled = buildsOf(builds, names, problems);
  if (problems.length > 0) throw new TerminalError('InvalidDefinition', `the project: ${problems.join('; ')}`);
  return { pipelines, builds: scheduled };
}
