import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { TerminalError } from '../model/errors.js';
import type { Project } from './project.js';

/** where a project is */
export interface ProjectPlace {
  folder: string;
  /** address of its `waterclock.config.ts` */
  config: string;
}

const configs = ['ts', 'mts', 'js', 'mjs'].map((form) => `waterclock.config.${form}`);

/**
 * the project that a folder belongs to: the nearest `waterclock.config.ts` upwards, or the folder that the nearest
 * package.json names by `"waterclock": { "project": "..." }`
 */
export function findProject(from: string): ProjectPlace {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const found = configIn(folder) ?? named(folder);
    if (found) return found;
    if (folder === dirname(folder)) break;
  }
  throw new TerminalError('NoProject', `there is no waterclock.config.ts in ${resolve(from)} or above it`);
}

/** a project's definitions, loaded; throws InvalidDefinition where they are wrong */
export async function openProject(config: string): Promise<Project> {
  const { default: project } = (await loadModule(config)) as { default?: Partial<Project> };
  if (!Array.isArray(project?.pipelines))
    throw new TerminalError(
      'InvalidDefinition',
      `${config} must say: export default defineProject({ pipelines: [...] })`,
    );
  return { dbt: './dbt', show: [], builds: [], pools: {}, ...project } as Project;
}

export function dbtFolder({ folder }: ProjectPlace, { dbt }: Project): string {
  return resolve(folder, dbt);
}

function configIn(folder: string): ProjectPlace | undefined {
  const path = configs.map((name) => join(folder, name)).find(existsSync);
  return path === undefined ? undefined : { folder, config: pathToFileURL(path).href };
}

/** `"waterclock": { "project": "..." }` of a folder's package.json */
export function projectNamedIn(folder: string): string | undefined {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return undefined;
  const { waterclock } = JSON.parse(readFileSync(file, 'utf8')) as { waterclock?: { project?: string } };
  return waterclock?.project || undefined;
}

function named(folder: string): ProjectPlace | undefined {
  const project = projectNamedIn(folder);
  if (project === undefined) return undefined;
  const found = configIn(resolve(folder, project));
  if (found) return found;
  throw new TerminalError(
    'NoProject',
    `${join(folder, 'package.json')} names ${project}, which has no waterclock.config.ts`,
  );
}

/** a file of a project, TypeScript or not */
export async function loadModule(address: string): Promise<Record<string, unknown>> {
  // run from its own sources, the program has a loader already
  if (address.endsWith('ts') && !import.meta.url.endsWith('.ts')) {
    // an image has none: what it runs is compiled
    const loader = await import('tsx/esm/api').catch((cause: unknown) => {
      throw new TerminalError(
        'NoProject',
        `${address} is TypeScript, which is not read here without the package tsx: install it, or compile the project`,
        {
          cause,
        },
      );
    });
    loader.register();
  }
  return (await import(address)) as Record<string, unknown>;
}
