import { getJson, putJson } from '../lake/object-store.js';
import { countParts, partAt } from '../lake/raw-parts.js';
import { driftReport, tellDrift, type Drift } from '../model/drift.js';
import { keys } from '../model/keys.js';
import type { ExtractManifest, ObjectRef, RecordCounts, StepInput, ValidateManifest } from '../model/plan.js';
import type { RefusedCounts } from '../model/run-result.js';
import { countReason, type ReasonCounts } from '../model/rejected.js';
import { alive, type Alive } from './alive.js';
import type { Dependencies } from './dependencies.js';
import type { ValidatePartTask, ValidatedPart } from './threads/validate-part.js';
import type { Step } from './types.js';
import { refuseTooManyRejected, refuseUnusable, unmatched, type Observed } from './verdict.js';

export function validatePart(dependencies: Dependencies): Step<'validatePart'> {
  const { store } = dependencies;
  return ({ run, plan, extracted, part: first, count = 1 }) =>
    alive(async (signs) => {
      const manifest = await getJson<ExtractManifest>(store, extracted);
      const end = Math.min(first + count, countParts(manifest));
      for (let part = first; part < Math.max(end, first + 1); part++) {
        const validated = await validateOne({ run, plan }, { manifest, extracted, part }, dependencies, signs);
        await putJson(store, { bucket: plan.lakeBucket, key: keys.validatedPart(run, part) }, validated);
      }
    });
}

interface PartOf {
  manifest: ExtractManifest;
  extracted: ObjectRef;
  part: number;
}

/** in a thread, however large it is */
async function validateOne(
  { run, plan }: StepInput,
  { manifest, extracted, part }: PartOf,
  { store, threads }: Dependencies,
  { sign, signal }: Alive,
): Promise<ValidatedPart> {
  const raw = await partAt(store, manifest, extracted, part);
  const task: ValidatePartTask = {
    run,
    plan,
    part,
    raw,
    rawBucket: manifest.bucket,
    ...(countParts(manifest) === 1 && { alone: true }),
  };
  return threads.run<ValidatedPart>('validatePart', task, sign, signal);
}

export function validate(dependencies: Dependencies): Step<'validate'> {
  const { store } = dependencies;
  return ({ run, plan, extracted, alone }) =>
    alive(async (signs) => {
      const extract = await getJson<ExtractManifest>(store, extracted);
      const parts = countParts(extract);
      const counts: RecordCounts = { records: 0, routed: 0, ignored: 0, dropped: 0, unparseable: 0 };
      const entities: ValidateManifest['entities'] = Object.fromEntries(
        plan.entities.map(({ name, schemaHash }) => [name, { valid: 0, rejected: 0, schemaHash, files: [] }]),
      );
      const rejected: string[] = [];
      const reasons: ReasonCounts = {};
      const drifts: Record<string, Drift[]> = {};
      const observed: Observed = { unreadable: [], ignored: [], dropped: [] };
      for (let part = 0; part < parts; part++) {
        const seen = alone
          ? await validateOne({ run, plan }, { manifest: extract, extracted, part }, dependencies, signs)
          : await getJson<ValidatedPart>(store, { bucket: plan.lakeBucket, key: keys.validatedPart(run, part) });
        signs.sign();
        for (const name of Object.keys(counts) as (keyof RecordCounts)[]) counts[name] += seen.counts[name];
        for (const [name, entity] of Object.entries(seen.entities)) {
          const sum = entities[name];
          if (!sum) continue;
          sum.valid += entity.valid;
          sum.rejected += entity.rejected;
          sum.files.push(...entity.files);
          if (entity.parents) (sum.parents ??= []).push(...entity.parents);
          if (entity.drift) (drifts[name] ??= []).push(entity.drift);
        }
        for (const name of ['unreadable', 'ignored', 'dropped'] as const) observed[name].push(...(seen[name] ?? []));
        if (seen.unit) observed.unit ??= seen.unit;
        if (seen.rejected) rejected.push(seen.rejected);
        for (const [reason, count] of Object.entries(seen.reasons ?? {})) countReason(reasons, reason, count);
      }
      const told: Record<string, string> = {};
      for (const [name, parts] of Object.entries(drifts)) {
        const drift = driftReport(parts);
        if (!drift || !entities[name]) continue;
        entities[name].drift = drift;
        told[name] = tellDrift(drift);
      }
      const bucket = plan.lakeBucket;
      const manifest: ValidateManifest = { step: 'validate', run, bucket, counts, entities, rejected, reasons };
      const ref = await putJson(store, { bucket, key: keys.step(run, 'validate') }, manifest);
      const details: RefusedCounts = { counts, entities: rowCounts(manifest) };
      refuseUnusable(manifest, plan, observed, details);
      refuseTooManyRejected(manifest, plan, details);
      const idle = unmatched(manifest, observed);
      const drift = Object.keys(told).length > 0 && { drift: told };
      return { manifest: ref, counts, entities: rowCounts(manifest), ...drift, ...(idle && { unmatched: idle }) };
    });
}

export function rowCounts({ entities }: ValidateManifest) {
  return Object.fromEntries(Object.entries(entities).map(([name, { valid, rejected }]) => [name, { valid, rejected }]));
}
