import type { RunRef } from '../../model/keys.js';
import type { Plan, RawPart } from '../../model/plan.js';
import type { Pipeline } from '../../define/pipeline.js';
import { pipelines } from './definitions.js';

/** raw objects lie in this bucket, what comes of them in the other */
export const rawBucket = 'raw';
export const lakeBucket = 'lake';

export function pipelineOf(set: string): Pipeline {
  const found = pipelines.find(({ name }) => name === `bench_${set[0]}`);
  if (!found) throw new Error(`no data set is named ${set}: use a1m or b100k`);
  return found;
}

export function runOf({ name }: Pipeline): RunRef {
  return {
    pipeline: name,
    interval: { start: '2022-11-24T10:00:00Z', end: '2022-11-24T11:00:00Z' },
    workflowId: `${name}-2022-11-24T11:00:00Z`,
    runId: 'bench',
    trigger: 'manual',
  };
}

export function planOf(pipeline: Pipeline): Plan {
  return {
    source: pipeline.source,
    entities: pipeline.entities.map(({ plan }) => plan),
    maxRejected: { share: 1, atLeast: 1 },
    lakeBucket,
    rawBucket,
    dbtTarget: 'local',
    heartbeatTimeout: 10_000,
  };
}

export function rawPart(key: string, bytes: number): RawPart {
  return { key, bytes, gzip: false, sources: [{ name: key, offset: 0, bytes }] };
}
