import { TerminalError } from '../model/errors.js';
import type { Pipeline } from './pipeline.js';

export interface ProjectOptions {
  /** every pipeline that runs, in the order in which they are listed */
  pipelines: Pipeline[];
  /** folder of the dbt project, beside `waterclock.config.ts`; `./dbt` when absent */
  dbt?: string;
}

/** a team's pipelines and what they share; `waterclock.config.ts` exports it */
export interface Project {
  pipelines: Pipeline[];
  dbt: string;
}

/** throws InvalidDefinition with every problem of the project */
export function defineProject({ pipelines, dbt = './dbt' }: ProjectOptions): Project {
  const names = pipelines.map(({ name }) => name);
  const problems = [...new Set(names.filter((name, at) => names.indexOf(name) < at))].map(
    (name) => `two pipelines share the name ${name}`,
  );
  if (problems.length > 0) throw new TerminalError('InvalidDefinition', `the project: ${problems.join('; ')}`);
  return { pipelines, dbt };
}
