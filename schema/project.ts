import { TerminalError } from '../model/errors.js';
import { waitsForItself } from '../model/dependents.js';
import type { Pipeline } from './pipeline.js';

export interface ProjectOptions {
  /** every pipeline that runs, in the order in which they are listed */
  pipelines: Pipeline[];
}

/** a team's pipelines and what they share; `waterclock.config.ts` exports it */
export interface Project {
  pipelines: Pipeline[];
}

/** throws InvalidDefinition with every problem of the project */
export function defineProject({ pipelines }: ProjectOptions): Project {
  const names = pipelines.map(({ name }) => name);
  const problems = [...new Set(names.filter((name, at) => names.indexOf(name) < at))].map(
    (name) => `two pipelines share the name ${name}`,
  );
  problems.push(
    ...pipelines
      .filter((one) => waitsForItself(pipelines, one))
      .map(({ name }) => `runs of ${name} would wait for themselves: its \`after\` leads back to it`),
  );
  if (problems.length > 0) throw new TerminalError('InvalidDefinition', `the project: ${problems.join('; ')}`);
  return { pipelines };
}
