import { getJson } from '../lake/object-store.js';
import { keys } from '../model/keys.js';
import { definitionsIn } from '../model/worker-identity.js';
import { definitionHashes, type DefinitionHashes } from '../define/definition-hash.js';
import type { Context } from './context.js';
import { recentPollers } from './recent-pollers.js';

/** what a worker that polls has of the project's pipelines */
type WorkerHas = DefinitionHashes['pipelines'];

export interface Comparison {
  /** pipelines of which no worker has this project's definition */
  differing: string[];
  /** those of them that no worker knows */
  unknown: string[];
}

/**
 * the project's definitions and those of the workers that take workflow tasks now; undefined when that cannot be said.
 * a definition that one worker has is taken for known: while a deployment or a reload is under way there are both
 */
export async function compareDefinitions(context: Context): Promise<Comparison | undefined> {
  const identities = (await recentPollers(context)).map(({ identity }) => definitionsIn(identity));
  const theirs = [...new Set(identities.filter((hash) => hash !== undefined))];
  if (theirs.length === 0) return undefined;
  const own = definitionHashes(await context.project());
  if (theirs.includes(own.project)) return { differing: [], unknown: [] };
  const store = await context.store();
  const { lakeBucket: bucket } = context.settings();
  const noted = await Promise.all(
    theirs.map((hash) => getJson<WorkerHas>(store, { bucket, key: keys.definitions(hash) }).catch(() => undefined)),
  );
  return compare(
    own.pipelines,
    noted.filter((one) => one !== undefined),
  );
}

export function compare(own: WorkerHas, workers: WorkerHas[]): Comparison | undefined {
  if (workers.length === 0) return undefined;
  const differing = Object.keys(own).filter((name) => !workers.some((has) => has[name] === own[name]));
  return { differing, unknown: differing.filter((name) => !workers.some((has) => name in has)) };
}

/** a sentence about one pipeline whose workers have another definition; nothing where that cannot be said */
export async function otherDefinition(context: Context, pipeline: string): Promise<string | undefined> {
  const found = await compareDefinitions(context).catch(() => undefined);
  if (!found?.differing.includes(pipeline)) return undefined;
  return found.unknown.includes(pipeline)
    ? `no worker knows the pipeline ${pipeline} yet: ${deployRemedy}`
    : `the worker's definition of ${pipeline} is not the one of this project, and runs follow the worker's: ${deployRemedy}`;
}

export const deployRemedy =
  'deploy the project, or start the worker again (`waterclock start` takes a saved file by itself)';
