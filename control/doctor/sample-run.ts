import { keys, type RunRef } from '../../model/keys.js';
import { runName } from '../../model/names.js';
import type { ExtractManifest, RunInput, RunResult } from '../../model/plan.js';
import type { Interval } from '../../model/interval.js';
import type { Context } from '../context.js';
import { findPipeline } from '../find-pipeline.js';
import type { Finding } from './finding.js';

const pipelineName = 'earthquakes';
/** eleven real events of the USGS; the rows are true whichever way the hour is loaded, so they may stay */
const interval: Interval = { start: '2018-02-01T00:00:00Z', end: '2018-02-01T01:00:00Z' };

/** loads what a first run would have extracted, and runs the steps after it: no source has to be reached */
export async function sampleRun(context: Context): Promise<Finding> {
  const check = 'sample run';
  const { lakeBucket, s3ForcePathStyle } = context.settings();
  const pipeline = findPipeline(await context.pipelines(), pipelineName);
  const [{ putJson, s3Store }, { default: sample }, { startRun }, { outcomeOf }] = await Promise.all([
    import('../../lake/object-store.js'),
    import('./sample.json', { with: { type: 'json' } }),
    import('../start-run.js'),
    import('../wait.js'),
  ]);
  const run = runName(pipelineName, interval);
  const source: RunRef = { pipeline: pipelineName, interval, workflowId: run, runId: 'sample', trigger: 'manual' };
  const bucket = pipeline.rawBucket ?? lakeBucket;
  const store = s3Store({ forcePathStyle: s3ForcePathStyle });
  const body = JSON.stringify(sample);
  const key = keys.rawPart(source, 0, pipeline.source.records.form);
  const bytes = Buffer.byteLength(body);
  const manifest: ExtractManifest = {
    step: 'extract',
    run: source,
    bucket,
    source: pipeline.source,
    parts: [{ key, bytes, gzip: false, sources: [{ name: 'sample', offset: 0, bytes }] }],
    files: 1,
    bytes,
  };
  await store.put({ bucket, key }, body);
  await putJson(store, { bucket: lakeBucket, key: keys.step(source, 'extract') }, manifest);

  const input: RunInput & { interval: Interval } = {
    pipeline: pipelineName,
    interval,
    grid: pipeline.grid,
    trigger: 'manual',
    from: 'validate',
    source: source.runId,
    dbt: 'build',
    params: {},
  };
  const { handle, link } = await startRun(context, run, input);
  context.leaving(`${run} goes on without this command`);
  const outcome = await outcomeOf<RunResult>(handle, async () => context.terminal.progress(`${run} ...`));
  if (outcome.status === 'failed') {
    return { check, ok: false, found: `${run}: ${outcome.error}`, remedy: link ?? `\`waterclock show ${run}\`` };
  }
  const loaded = outcome.result.entities['earthquakes']?.loaded ?? 0;
  return { check, ok: true, found: `${run} loaded ${loaded} rows and built its models` };
}
