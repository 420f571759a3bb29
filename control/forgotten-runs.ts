import { getJson } from '../lake/object-store.js';
import { intervalEnding, type Interval } from '../model/interval.js';
import { keys, rawFolder } from '../model/keys.js';
import { parseRunName } from '../model/names.js';
import { rawBucketOf } from '../model/raw-buckets.js';
import type { ExtractManifest } from '../model/plan.js';
import { steps, type Step } from '../model/steps.js';
import type { Pipeline } from '../define/pipeline.js';
import type { Context } from './context.js';
import type { EarlierRun } from './earlier-run.js';
import { rootMessage } from './explain.js';
import { ledgerRuns } from '../warehouse/ledger-runs.js';
import type { RunRow } from '../model/run-row.js';

/** executions of one interval that are looked through for one that is not a mark */
const mostOfAnInterval = 20;

/** runs that Temporal knows no more, from the ledger, else from the lake; one statement for all that are asked for */
export function forgottenRuns(context: Context, pipeline: Pipeline, range?: { from: string; to: string }) {
  let closed: Promise<RunRow[]> | undefined;

  async function rows(run: string): Promise<RunRow[]> {
    const wanted = range ? { pipeline: pipeline.name, ...range, limit: 10_000 } : { run, limit: mostOfAnInterval };
    try {
      return await ledgerRuns(await context.warehouse(), wanted);
    } catch (error) {
      context.terminal.say(`without the ledger: ${rootMessage(error)}`);
      return [];
    }
  }

  return async (run: string): Promise<EarlierRun | undefined> => {
    const named = parseRunName(run);
    if (named?.pipeline !== pipeline.name) return undefined;
    const interval = intervalEnding(pipeline.grid, Date.parse(named.end));
    const all = range ? await (closed ??= rows(run)) : await rows(run);
    const row = all.find((one) => one.run === run && one.status !== 'marked');
    return row
      ? fromLedger(pipeline, row, { start: row.interval ?? interval.start, end: named.end })
      : fromLake(context, pipeline, run, interval);
  };
}

function fromLedger({ name, grid }: Pipeline, row: RunRow, interval: Interval): EarlierRun {
  const { run: workflowId, runId, params } = row;
  const trigger = 'manual' as const;
  const isOver = row.status === 'completed' || row.status === 'partial' || row.status === 'skipped';
  const entered = row.steps?.filter(({ state }) => state !== 'reused').at(-1)?.step;
  const step = row.step?.split('.')[0] ?? entered;
  return {
    ref: { pipeline: name, interval, workflowId, runId, trigger },
    input: { pipeline: name, interval, grid, trigger, dbt: 'build', params: params ?? {} },
    status: isOver ? 'completed' : row.status === 'failed' ? 'failed' : 'cancelled',
    brokeAt: isOver ? undefined : (steps.find((one) => one === step) ?? 'extract'),
  };
}

/** the newest run that left raw of the interval, and the first step whose manifests it lacks */
async function fromLake(
  context: Context,
  pipeline: Pipeline,
  run: string,
  interval: Interval,
): Promise<EarlierRun | undefined> {
  const store = await context.store();
  const settings = context.settings();
  const { lakeBucket } = settings;
  const { name, grid, entities } = pipeline;
  const trigger = 'manual' as const;
  const bucket = rawBucketOf(pipeline, settings);
  let newest: { key: string; modified: number } | undefined;
  for await (const object of store.list({ bucket, key: rawFolder(name, interval, grid) })) {
    if (object.key.endsWith('/_manifest.json') && object.modified >= (newest?.modified ?? 0)) newest = object;
  }
  if (!newest) return undefined;
  const { run: ref } = await getJson<ExtractManifest>(store, { bucket, key: newest.key });
  const isThere = (step: Step, entity?: string) =>
    store.exists({ bucket: lakeBucket, key: keys.step(ref, step, entity) });
  const ofEntities = async (step: Step) =>
    (await Promise.all(entities.map(({ plan }) => isThere(step, plan.name)))).every(Boolean);
  const brokeAt = !(await isThere('extract'))
    ? 'extract'
    : !(await isThere('validate'))
      ? 'validate'
      : !(await ofEntities('parquet'))
        ? 'parquet'
        : (await ofEntities('copy'))
          ? undefined
          : 'copy';
  return {
    ref: { ...ref, workflowId: run, interval },
    input: { pipeline: name, interval, grid, trigger, dbt: 'build', params: {} },
    status: brokeAt ? 'failed' : 'completed',
    brokeAt,
  };
}
