import { getJson } from '../lake/object-store.js';
import { TerminalError } from '../model/errors.js';
import { keys } from '../model/keys.js';
import { runName } from '../model/names.js';
import {
  steps,
  type ExtractManifest,
  type ObjectRef,
  type ParquetManifest,
  type Plan,
  type Step,
  type ValidateManifest,
} from '../model/plan.js';
import type { Pipeline } from '../schema/pipeline.js';
import type { Activities } from './types.js';
import { rowCounts } from './validate.js';
import type { Dependencies } from './dependencies.js';

export function plan({ pipelines, settings, store }: Dependencies): Activities['plan'] {
  return async ({ input }) => {
    const pipeline = pipelineNamed(pipelines, input.pipeline);
    const entities = pipeline.entities
      .map((entity) => entity.plan)
      .filter((entity) => !input.entities || input.entities.includes(entity.name));
    return {
      source: pipeline.source,
      entities,
      maxRejected: pipeline.maxRejected,
      ...(pipeline.codec && { codec: pipeline.codec }),
      ...(pipeline.deadline && { deadline: pipeline.deadline }),
      ...(pipeline.dbtSelect && { dbtSelect: pipeline.dbtSelect }),
      rawBucket: pipeline.rawBucket ?? settings.lakeBucket,
      lakeBucket: settings.lakeBucket,
      dbtTarget: settings.dbt.target,
      heartbeatTimeout: settings.heartbeatTimeout,
      ...(input.source && { reuse: await reusable(input.source) }),
    };

    /** results of the steps before `from`, read from the earlier run's manifests */
    async function reusable(runId: string): Promise<NonNullable<Plan['reuse']>> {
      const { interval, from = 'extract' } = input;
      if (!interval) throw new TerminalError('ManifestMissing', `a retry of ${input.pipeline} needs its interval`);
      const run = {
        pipeline: input.pipeline,
        interval,
        workflowId: runName(input.pipeline, interval),
        runId,
        trigger: input.trigger,
      };
      let earliest: Step = 'extract';
      async function read<T>(step: Step, entity?: string): Promise<{ ref: ObjectRef; manifest: T }> {
        const ref = { bucket: settings.lakeBucket, key: keys.step(run, step, entity) };
        if (await store.exists(ref)) return { ref, manifest: await getJson<T>(store, ref) };
        throw new TerminalError(
          'ManifestMissing',
          `${ref.key} does not exist; the earliest step to retry from is ${earliest}`,
        );
      }
      const reuse: NonNullable<Plan['reuse']> = {};
      const isNeeded = (step: Step) => steps.indexOf(step) < steps.indexOf(from);
      if (isNeeded('extract')) {
        const { ref, manifest } = await read<ExtractManifest>('extract');
        reuse.extracted = { manifest: ref, parts: manifest.parts.length, files: manifest.files, bytes: manifest.bytes };
        earliest = 'validate';
      }
      if (isNeeded('validate')) {
        const { ref, manifest } = await read<ValidateManifest>('validate');
        reuse.validated = { manifest: ref, counts: manifest.counts, entities: rowCounts(manifest) };
        earliest = 'parquet';
      }
      if (isNeeded('parquet')) {
        reuse.encoded = {};
        for (const { name } of entities) {
          const { ref, manifest } = await read<ParquetManifest>('parquet', name);
          const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
          reuse.encoded[name] = { manifest: ref, rows: manifest.rows, files: manifest.files.length, bytes };
        }
      }
      return reuse;
    }
  };
}

function pipelineNamed(pipelines: Pipeline[], name: string): Pipeline {
  const found = pipelines.find((pipeline) => pipeline.name === name);
  if (found) return found;
  const known = pipelines.map((pipeline) => pipeline.name).join(', ');
  throw new TerminalError('UnknownPipeline', `no pipeline is named ${name}; known: ${known}`);
}
