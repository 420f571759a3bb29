import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { externalName } from '../warehouse/ddl.js';
import { sampleOf } from '../samples/sample.js';
import { dbtFolder, loadModule, openProject, type ProjectPlace } from '../define/open-project.js';
import type { Pipeline } from '../define/pipeline.js';
import { sampleProblems } from './check-sample.js';
import { unknownTags } from './dbt-tags.js';
import { rootMessage } from './explain.js';

export const projectFile = 'waterclock.config.ts';

export interface Problem {
  /** folder of `pipelines/`, or the project's own file */
  definition: string;
  problem: string;
}

/** every definition on its own, so that one that is wrong hides no other, and what they say of each other */
export async function checkPipelines(place: ProjectPlace): Promise<{ pipelines: Pipeline[]; problems: Problem[] }> {
  const folder = join(place.folder, 'pipelines');
  const problems: Problem[] = [];
  const found: Found[] = [];
  for (const [definition, file] of definitionsIn(folder)) {
    try {
      const module = await loadModule(pathToFileURL(join(folder, definition, file)).href);
      const own = Object.values(module).filter(isPipeline);
      if (own.length === 0) problems.push({ definition, problem: 'its definition.ts exports no pipeline' });
      for (const pipeline of own) found.push({ definition, pipeline });
    } catch (error) {
      problems.push({ definition, problem: rootMessage(error) });
    }
  }
  const listed = await listedIn(place, problems);
  for (const pipeline of listed ?? []) {
    if (!found.some((own) => own.pipeline.name === pipeline.name)) found.push({ definition: pipeline.name, pipeline });
  }
  const names = found.map(({ pipeline }) => pipeline.name);
  const externals = found.flatMap(({ pipeline }) => externalNames(pipeline));
  for (const { definition, pipeline } of found) {
    const { name, policy } = pipeline;
    const tell = (problem: string) => problems.push({ definition, problem });
    if (name !== definition) tell(`pipeline ${name}: its folder must have its name`);
    if (names.indexOf(name) !== names.lastIndexOf(name)) tell(`two pipelines are named ${name}: rename one`);
    for (const other of policy.after) {
      if (!names.includes(other))
        tell(`pipeline ${name}: after names ${other}, which is not a pipeline (known: ${names.join(', ')})`);
    }
    for (const table of externalNames(pipeline)) {
      if (externals.indexOf(table) !== externals.lastIndexOf(table))
        tell(
          `pipeline ${name}: its external table spectrum.${table} is also another's: rename the pipeline or the entity`,
        );
    }
    if (listed && !listed.some((one) => one.name === name))
      tell(`pipeline ${name}: the list in waterclock.config.ts lacks it`);
  }
  await addSampleProblems(place, found, problems);
  return { pipelines: found.map(({ pipeline }) => pipeline), problems };
}

interface Found {
  definition: string;
  pipeline: Pipeline;
}

/** what the definitions say of their samples and of the dbt project */
async function addSampleProblems(place: ProjectPlace, found: Found[], problems: Problem[]): Promise<void> {
  const dbt = await openProject(place.config).then(
    (project) => dbtFolder(place, project),
    () => join(place.folder, 'dbt'),
  );
  const unknown = unknownTags(
    found.map(({ pipeline }) => pipeline),
    dbt,
  );
  for (const { definition, pipeline } of found) {
    const { name } = pipeline;
    const tags = unknown.get(name) ?? [];
    const told = tags.map((tag) => `its dbt selection names tag:${tag}, which no file of ${dbt} has`);
    try {
      const sample = sampleOf(place.folder, name);
      if (sample) told.push(...(await sampleProblems(pipeline, sample)));
    } catch (error) {
      told.push(rootMessage(error));
    }
    for (const problem of told) problems.push({ definition, problem: `pipeline ${name}: ${problem}` });
  }
}

/** the two names are one there: `a`.`b_c` and `a_b`.`c` are the same table */
function externalNames({ name, entities }: Pipeline): string[] {
  return entities.map(({ plan }) => externalName(name, plan.name));
}

function definitionsIn(folder: string): [definition: string, file: string][] {
  if (!existsSync(folder)) return [];
  const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders
    .map(({ name }) => name)
    .sort()
    .flatMap((name) => {
      const file = ['definition.ts', 'definition.js'].find((one) => existsSync(join(folder, name, one)));
      return file === undefined ? [] : [[name, file] as [string, string]];
    });
}

/** a definition that is wrong keeps the project from being loaded, which is said already */
async function listedIn({ config }: ProjectPlace, problems: Problem[]): Promise<Pipeline[] | undefined> {
  try {
    return (await openProject(config)).pipelines;
  } catch (error) {
    if (problems.length === 0) problems.push({ definition: projectFile, problem: rootMessage(error) });
    return undefined;
  }
}

function isPipeline(value: unknown): value is Pipeline {
  return typeof value === 'object' && value !== null && 'grid' in value && 'entities' in value && 'policy' in value;
}
