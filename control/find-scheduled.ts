import { isBuildName } from '../model/names.js';
import type { ScheduledBuild } from '../define/builds.js';
import type { Pipeline } from '../define/pipeline.js';
import type { Project } from '../define/project.js';
import { refuse } from './failure.js';
import { closest, findPipeline } from './find-pipeline.js';

/** what has a schedule: a pipeline by its name, or a build as `build:daily` */
export function findScheduled({ pipelines, builds }: Project, name: string): Pipeline | ScheduledBuild {
  return isBuildName(name) ? findBuild(builds, name) : findPipeline(pipelines, name);
}

/** everything that has a schedule, the pipelines first */
export function scheduledNames({ pipelines, builds }: Project): string[] {
  return [...pipelines, ...builds].map(({ name }) => name);
}

function findBuild(builds: ScheduledBuild[], name: string): ScheduledBuild {
  const found = builds.find((build) => build.name === name);
  if (found) return found;
  const known = builds.map((build) => build.name);
  const near = closest(name, known);
  const all = known.join(', ') || 'the project has none';
  refuse(`'${name}' is not a build on a schedule${near ? `, did you mean ${near}?` : ''} (known: ${all})`);
}
