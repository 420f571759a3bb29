import { existsSync, readdirSync } from 'node:fs';
import { externalName } from '../schema/ddl.js';
import type { Pipeline } from '../schema/pipeline.js';
import { rootMessage } from './explain.js';

export interface Problem {
  /** folder of `pipelines/` */
  definition: string;
  problem: string;
}

/** every definition on its own, so that one that is wrong hides no other, and what they say of each other */
export async function checkPipelines(folder: URL): Promise<{ pipelines: Pipeline[]; problems: Problem[] }> {
  const problems: Problem[] = [];
  const found: { definition: string; pipeline: Pipeline }[] = [];
  for (const definition of definitionsIn(folder)) {
    try {
      const module = (await import(new URL(`${definition}/definition.js`, folder).href)) as Record<string, unknown>;
      const own = Object.values(module).filter(isPipeline);
      if (own.length === 0) problems.push({ definition, problem: 'its definition.ts exports no pipeline' });
      for (const pipeline of own) found.push({ definition, pipeline });
    } catch (error) {
      problems.push({ definition, problem: rootMessage(error) });
    }
  }
  const names = found.map(({ pipeline }) => pipeline.name);
  const externals = found.flatMap(({ pipeline }) => externalNames(pipeline));
  const registry = await registered(folder);
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
    if (registry && !registry.includes(name)) tell(`pipeline ${name}: the list in pipelines/index.ts lacks it`);
  }
  return { pipelines: found.map(({ pipeline }) => pipeline), problems };
}

/** the two names are one there: `a`.`b_c` and `a_b`.`c` are the same table */
function externalNames({ name, entities }: Pipeline): string[] {
  return entities.map(({ plan }) => externalName(name, plan.name));
}

function definitionsIn(folder: URL): string[] {
  const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders
    .map(({ name }) => name)
    .filter((name) => ['ts', 'js'].some((form) => existsSync(new URL(`${name}/definition.${form}`, folder))))
    .sort();
}

/** a definition that is wrong keeps the registry from being loaded; it was told already */
async function registered(folder: URL): Promise<string[] | undefined> {
  try {
    const { pipelines } = (await import(new URL('index.js', folder).href)) as { pipelines: Pipeline[] };
    return pipelines.map(({ name }) => name);
  } catch {
    return undefined;
  }
}

function isPipeline(value: unknown): value is Pipeline {
  return typeof value === 'object' && value !== null && 'grid' in value && 'entities' in value && 'policy' in value;
}
