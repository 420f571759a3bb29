import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const time = z.iso.datetime();

/** names of the query's parameters that bound a field, both ends included */
const bounds = z.strictObject({ from: z.string().optional(), to: z.string().optional() });

const answer = z.strictObject({
  path: z.string().startsWith('/'),
  /** only requests with these parameters */
  query: z.record(z.string(), z.string()).default({}),
  /** beside `sample.yaml`, or of an installed package: `npm:<package>/<path>` */
  file: z.string(),
  status: z.int().min(100).max(599).default(200),
  type: z.string().default('application/json; charset=utf-8'),
  /** where the list is whose records are chosen */
  at: z.string().optional(),
  /** field of a record -> what the request bounds it by */
  where: z.record(z.string(), bounds).optional(),
  /** field that names a record: files given with `--data` may hold one several times */
  key: z.string().optional(),
  /** field that says which of them is newest */
  newest: z.string().optional(),
});

const objects = z.strictObject({
  bucket: z.string(),
  prefix: z
    .string()
    .regex(/^$|\/$/, 'it ends with /')
    .default(''),
  /** beside `sample.yaml`; a file's path in it is the rest of its key */
  folder: z.string(),
  /** when all were last modified, or the form of their names: `{year}-{month}-{day}T{hour}.json` */
  modified: z.string(),
});

const sample = z
  .strictObject({
    /** the data are invented, and the results say so */
    simulated: z.boolean().default(false),
    /** the moment whose state a snapshot shows */
    snapshotAt: time.optional(),
    answers: z.array(answer).min(1).optional(),
    objects: objects.optional(),
    /** the intervals that the real source has; the last day when absent */
    live: z.strictObject({ from: time, to: time }).optional(),
  })
  .refine(({ answers, objects }) => (answers === undefined) !== (objects === undefined), {
    message: 'it has answers, or objects',
  });

export type SampleAnswer = z.infer<typeof answer>;
export type SampleObjects = z.infer<typeof objects>;

/** what the embedded upstream serves of one pipeline */
export interface Sample extends z.infer<typeof sample> {
  pipeline: string;
  /** folder of its `sample.yaml` */
  folder: string;
}

/** the samples of a project's pipelines */
export function samplesOf(project: string): Sample[] {
  const folder = join(project, 'pipelines');
  const pipelines = existsSync(folder) ? readdirSync(folder).sort() : [];
  return pipelines.flatMap((pipeline) => sampleOf(project, pipeline) ?? []);
}

/** `pipelines/<name>/sample/sample.yaml` */
export function sampleOf(project: string, pipeline: string): Sample | undefined {
  const folder = join(project, 'pipelines', pipeline, 'sample');
  const file = join(folder, 'sample.yaml');
  return existsSync(file) ? { pipeline, folder, ...readSample(file) } : undefined;
}

function readSample(file: string): z.infer<typeof sample> {
  // a plain time is a text to YAML 1.2
  const read = sample.safeParse(parse(readFileSync(file, 'utf8')));
  if (read.success) return read.data;
  const told = read.error.issues.map(({ path, message }) => `${path.join('.') || 'it'}: ${message}`);
  throw new Error(`${file}: ${told.join('; ')}`);
}

/** the setting by which a source's address is replaced */
export function sourceSettings(samples: Sample[], http: string, s3: string): Record<string, string> {
  return Object.fromEntries(
    samples.map(({ pipeline, answers }) => [
      `WATERCLOCK_SOURCE_${pipeline.toUpperCase()}`,
      answers ? `${http}/${pipeline}${answers[0]?.path ?? ''}` : s3,
    ]),
  );
}
