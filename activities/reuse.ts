import { getJson, putJson, type ObjectStore } from '../lake/object-store.js';
import { countParts, eachParts } from '../lake/raw-parts.js';
import type { EntityPlan } from '../model/columns.js';
import { TerminalError } from '../model/errors.js';
import { keys, type RunRef } from '../model/keys.js';
import {
  objectsOf,
  type CopyManifest,
  type ExtractManifest,
  type ObjectRef,
  type ParquetManifest,
  type Reuse,
  type ValidateManifest,
} from '../model/plan.js';
import { steps, type Step } from '../model/steps.js';
import { rowCounts } from './validate.js';

export interface Reusing {
  run: RunRef;
  /** run id of the earlier run */
  source: string;
  /** the first step that is done anew */
  from: Step;
  entities: EntityPlan[];
  /** entities of the pipeline that this run leaves alone */
  others: string[];
  lakeBucket: string;
}

/** objects that are asked for at once */
const width = 16;

/** results of the steps before `from`: the earlier run's manifests, checked, and written under this run's id */
export async function reuse(store: ObjectStore, asked: Reusing, sign: () => void = () => undefined): Promise<Reuse> {
  const { run, source, from, entities, others, lakeBucket: bucket } = asked;
  const earlier = { ...run, runId: source };
  const isNeeded = (step: Step) => steps.indexOf(step) < steps.indexOf(from);
  const isLast = (step: Step) => steps.indexOf(step) === steps.indexOf(from) - 1;

  async function take<T extends object>(step: Step, entity?: string): Promise<{ manifest: T; ref: ObjectRef }> {
    const theirs = { bucket, key: keys.step(earlier, step, entity) };
    if (!(await store.exists(theirs))) throw missing(theirs, step);
    const manifest = await getJson<T>(store, theirs);
    const ref = await putJson(store, { bucket, key: keys.step(run, step, entity) }, { ...manifest, run });
    return { manifest, ref };
  }

  async function present(step: Step, objects: ObjectRef[]): Promise<void> {
    for (let at = 0; at < objects.length; at += width) {
      const some = objects.slice(at, at + width);
      const found = await Promise.all(some.map((object) => store.exists(object)));
      sign();
      const lost = some.find((_, index) => !found[index]);
      if (lost) throw missing(lost, step);
    }
  }

  function sameSchema(entity: EntityPlan, schemaHash: string | undefined): void {
    if (schemaHash === entity.schemaHash) return;
    const what = schemaHash ? 'was edited since' : 'was not validated by';
    // files come from staged rows, so neither has what only the raw can give
    throw new TerminalError(
      'SchemaMismatch',
      `the schema of ${run.pipeline}.${entity.name} ${what} the run ${source}: --from-step copy and --from-step parquet would load rows of another schema (${schemaHash ?? 'none'}, now ${entity.schemaHash}); retry from validate, on the same raw: --from-step validate`,
    );
  }

  const found: Reuse = { run: source, loaded: [] };
  if (isNeeded('extract')) {
    const { manifest, ref } = await take<ExtractManifest>('extract');
    const { files, bytes } = manifest;
    if (isLast('extract'))
      for await (const parts of eachParts(store, manifest))
        await present(
          'extract',
          parts.flatMap(objectsOf).map(({ key }) => ({ bucket: manifest.bucket, key })),
        );
    found.extracted = { manifest: ref, parts: countParts(manifest), files, bytes };
  }
  if (isNeeded('validate')) {
    const { manifest, ref } = await take<ValidateManifest>('validate');
    for (const entity of entities) sameSchema(entity, manifest.entities[entity.name]?.schemaHash);
    const written = entities.flatMap(({ name }) => {
      const { files = [], parents = [] } = manifest.entities[name] ?? {};
      return [...files, ...parents];
    });
    if (isLast('validate'))
      await present(
        'validate',
        written.map(({ key }) => ({ bucket: manifest.bucket, key })),
      );
    found.validated = { manifest: ref, counts: manifest.counts, entities: rowCounts(manifest) };
  }
  if (isNeeded('parquet')) {
    found.encoded = {};
    for (const { name } of entities) {
      const { manifest, ref } = await take<ParquetManifest>('parquet', name);
      const { files, rows } = manifest;
      if (isLast('parquet'))
        await present(
          'parquet',
          [...files, ...(manifest.parents?.files ?? [])].map(({ key }) => ({ bucket: manifest.bucket, key })),
        );
      const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
      found.encoded[name] = { manifest: ref, rows, files: files.length, bytes };
    }
  }
  if (isNeeded('copy')) for (const { name } of entities) await take<CopyManifest>('copy', name);
  for (const name of others) {
    if (!(await store.exists({ bucket, key: keys.step(earlier, 'copy', name) }))) continue;
    await take<CopyManifest>('copy', name);
    found.loaded.push(name);
  }
  return found;
}

function missing({ bucket, key }: ObjectRef, step: Step): TerminalError {
  return new TerminalError('ManifestMissing', `s3://${bucket}/${key} does not exist; retry from ${step}`);
}
