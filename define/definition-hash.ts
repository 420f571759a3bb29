import { createHash } from 'node:crypto';
import { jsonSchema } from '../columns/json-schema.js';
import type { Pipeline } from './pipeline.js';
import type { Project } from './project.js';

export interface DefinitionHashes {
  /** of all of them together */
  project: string;
  pipelines: Record<string, string>;
}

/** what definitions say, without the text that they are written in: from source and compiled it is the same */
export function definitionHashes({ pipelines, pools }: Pick<Project, 'pipelines' | 'pools'>): DefinitionHashes {
  const each = Object.fromEntries(pipelines.map((pipeline) => [pipeline.name, definitionHash(pipeline, pools)]));
  return { project: hash(each), pipelines: each };
}

/** code in a definition (a transform, a function for `rows`) has no part in it: compiled it reads differently */
function definitionHash(pipeline: Pipeline, pools: Project['pools']): string {
  // a manifest's hash is in its source
  const { entities, params, pool, manifest: _, ...rest } = pipeline;
  return hash({
    ...rest,
    params: params.listed,
    ...(pool !== undefined && { pool, slots: pools[pool] }),
    entities: entities.map(({ plan, schema, description, unknownFields, when, rows }) => ({
      plan,
      schema: jsonSchema(schema, 'input'),
      description,
      unknownFields,
      when,
      added: rows?.added,
    })),
  });
}

function hash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value, sorted)).digest('hex').slice(0, 12);
}

/** fields in one order, however a definition lists them */
function sorted(_name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof RegExp) return String(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
