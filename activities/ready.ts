import { ApplicationFailure } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import { notReady, TerminalError } from '../model/errors.js';
import { intervalsCovering, type Interval } from '../model/interval.js';
import type { RunRef } from '../model/keys.js';
import { runName } from '../model/names.js';
import type { StepInput } from '../model/plan.js';
import { satisfies } from '../model/run-status.js';
import { withTimes } from '../model/times.js';
import { listObjects } from '../sources/s3-objects.js';
import { keepsState } from '../model/source.js';
import { intervalBefore } from './source-state.js';
import { alive, type Alive } from './alive.js';
import type { Dependencies } from './dependencies.js';
import { knownRuns } from './known-runs.js';
import { statusOf } from './status-of.js';
import type { Activities, ReadyInput, Step } from './types.js';

type Look = Awaited<ReturnType<Activities['ready']>>;

/** looks once; who waits holds no slot meanwhile */
export function ready(dependencies: Dependencies): Step<'ready'> {
  return ({ fails, ...input }) =>
    alive(async (alive) => {
      const seen = await look(dependencies, input, alive);
      if (!seen.missing || !fails) return seen;
      // neither a warning in the log nor a failure in the metrics
      const category = ApplicationFailureCategory.BENIGN;
      throw ApplicationFailure.create({ type: notReady, message: seen.missing, category });
    });
}

/** the first of them that is not done, by the lake: asking the warehouse every minute would keep it awake */
async function firstMissing(
  dependencies: Dependencies,
  name: string,
  needed: Interval[],
  alive: Alive,
): Promise<Interval | undefined> {
  const known = knownRuns(dependencies);
  const range = { from: needed[0]?.start ?? '', to: needed.at(-1)?.end ?? '' };
  const runs = await known.between(name, range, alive);
  const done = new Set(runs.filter(({ status }) => satisfies(status)).map(({ start }) => start));
  const missing = needed.find(({ start }) => !done.has(start));
  if (!missing || runs.some(({ start }) => start === missing.start)) return missing;
  // a worker of an earlier version wrote it into the ledger alone
  if ((await statusOf(dependencies.client, runName(name, missing))) !== 'COMPLETED') return missing;
  const rows = await known.copyLedger(name, { from: missing.start, to: missing.end }, alive);
  return rows.length > 0 ? firstMissing(dependencies, name, needed, alive) : missing;
}

async function look(
  dependencies: Dependencies,
  { run, plan, only }: StepInput & ReadyInput,
  alive: Alive,
): Promise<Look> {
  const { settings, store, pipelines } = dependencies;
  const waitFor = only === 'upstream' ? undefined : plan.policy?.waitFor;
  const after = only === 'source' ? [] : (plan.policy?.after ?? []);
  const found: string[] = [];
  if (keepsState(plan.source) && only !== 'upstream') {
    const before = await lookBefore(dependencies, run, alive);
    if (before?.missing !== undefined) return { missing: before.missing, found: '' };
    if (before) found.push('the interval before has loaded');
  }
  for (const name of after) {
    const other = pipelines.find((pipeline) => pipeline.name === name);
    if (!other)
      throw new TerminalError('UnknownPipeline', `${run.pipeline} comes after ${name}, which is not a pipeline`);
    const needed = intervalsCovering(other.grid, run.interval);
    if (needed.length === 0) continue;
    const missing = await firstMissing(dependencies, name, needed, alive);
    if (missing) return { missing: `${name} has not loaded ${missing.start} to ${missing.end}`, found: '' };
    found.push(`${name} has loaded`);
  }
  if (waitFor?.marker !== undefined) {
    const marker = markerOf(waitFor.marker, run);
    if (!(await store.exists(marker)))
      return { missing: `s3://${marker.bucket}/${marker.key} is not there`, found: '' };
    found.push(`s3://${marker.bucket}/${marker.key} is there`);
  }
  if (waitFor?.minimumObjects !== undefined) {
    if (plan.source.kind !== 's3-objects' || (plan.source.timeFrom && 'events' in plan.source.timeFrom)) {
      throw new TerminalError(
        'InvalidDefinition',
        `waitFor.minimumObjects needs a source whose objects are listed, got ${plan.source.kind === 's3-objects' ? 'events of a queue' : plan.source.kind}`,
      );
    }
    const address = settings.sources[run.pipeline];
    const options = { sign: () => alive.sign(), ...(address && { address }) };
    let listed = 0;
    for await (const { key } of listObjects(plan.source, [run.interval], options, alive.signal)) if (key) listed++;
    const text = `${listed} of at least ${waitFor.minimumObjects} objects`;
    if (listed < waitFor.minimumObjects) return { missing: text, found: '' };
    found.push(text);
  }
  return { found: found.join(', ') };
}

/** a source with a state: an interval begins with that of the one before. Only a scheduled run waits for it */
async function lookBefore(
  dependencies: Dependencies,
  run: RunRef,
  alive: Alive,
): Promise<{ missing?: string } | undefined> {
  const { pipeline: name, interval, trigger } = run;
  const pipeline = dependencies.pipelines.find((one) => one.name === name);
  const before = pipeline && intervalBefore(pipeline, interval);
  if (!before) return undefined;
  if (!(await firstMissing(dependencies, name, [before], alive))) return {};
  const missing = `${name} has not loaded ${before.start} to ${before.end}, with whose state this interval begins`;
  if (trigger === 'schedule') return { missing };
  throw new TerminalError('StateGap', missing);
}

/** `s3://bucket/key` with the interval's times */
function markerOf(marker: string, { interval }: RunRef): { bucket: string; key: string } {
  const { start } = interval;
  const parts: Record<string, string> = { dt: start.slice(0, 10), hr: start.slice(11, 13), min: start.slice(14, 16) };
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(marker) ?? [];
  if (!bucket || !key)
    throw new TerminalError('InvalidDefinition', `a marker is written s3://bucket/key, got ${marker}`);
  return { bucket, key: withTimes(key, interval).replace(/\{(\w+)\}/g, (text, name: string) => parts[name] ?? text) };
}
