import { basename } from 'node:path';
import type { HttpAuth } from '../model/http-source.js';
import type { ProjectPlace } from '../define/open-project.js';
import { camelCase } from '../infer/camel-case.js';
import { inferSample } from '../infer/infer-sample.js';
import { keptFiles } from '../infer/kept-files.js';
import { readSample } from '../infer/read-sample.js';
import { renderDefinition, renderSampleYaml } from '../infer/render-definition.js';
import { refuseName, templated, testOf, writePipeline, type Scaffold } from './scaffold.js';

export interface FromOptions {
  /** file, http(s) address, or s3://bucket/prefix */
  from: string;
  environment: Record<string, string | undefined>;
  auth?: HttpAuth;
  region?: string;
  anonymous?: boolean;
  dryRun: boolean;
  signal: AbortSignal;
}

export interface ScaffoldFrom extends Scaffold {
  read: { records: number; bytes: number; isCut: boolean };
  entities: { name: string; key: string[]; columns: number }[];
}

/** writes a pipeline whose definition is what a sample shows; refuses before anything is written */
export async function scaffoldFrom(place: ProjectPlace, name: string, options: FromOptions): Promise<ScaffoldFrom> {
  refuseName(name);
  const { from, environment, auth, dryRun, signal } = options;
  const read = await readSample(from, { ...options, pipeline: name, environment, signal });
  const sample = await inferSample(name, read.bodies, read.isLines, read.isCsv);
  const shown = shownFrom(from, read.origin.kind === 'http' ? read.origin.address.url : undefined);
  const given = { name, camel: camelCase(name), from: shown, read, sample, ...(auth && { auth }) };
  const files = keptFiles(sample, read);
  const folder = `pipelines/${name}/sample`;
  const words = { name, camel: camelCase(name), from: shown, file: files[0]?.path ?? '' };
  const contents = {
    [`pipelines/${name}/definition.ts`]: renderDefinition(given),
    [`pipelines/${name}/README.md`]: await templated('from.README.md', words),
    ...Object.fromEntries(files.map(({ path, text }) => [`${folder}/${path}`, text])),
    [`${folder}/sample.yaml`]: renderSampleYaml(given),
    [testOf(name)]: await templated('from.test.ts', words),
  };
  return {
    ...(await writePipeline(place, name, contents, dryRun)),
    read: {
      records: sample.records,
      bytes: read.bodies.reduce((sum, { bytes }) => sum + bytes, 0),
      isCut: sample.isCut,
    },
    entities: sample.entities.map((entity) => ({ name: entity.name, key: entity.key, columns: entity.fields.length })),
  };
}

/** neither a folder of this machine nor a parameter that may be a key */
function shownFrom(from: string, address: string | undefined): string {
  if (address !== undefined) return address;
  return /^s3:/i.test(from) ? from : basename(from);
}
