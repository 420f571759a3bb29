import type { Pipeline } from '../../define/pipeline.js';
import { getJson, putJson, type ObjectStore } from '../../lake/object-store.js';
import { keys, ownPartitions, type RunRef } from '../../model/keys.js';
import { runName } from '../../model/names.js';
import type { ExtractManifest, RawPart, RunInput } from '../../model/plan.js';
import type { RunResult } from '../../model/run-result.js';
import { rawBucketOf } from '../../model/raw-buckets.js';
import type { Settings } from '../../model/settings.js';
import type { Interval } from '../../model/interval.js';
import { samplesOf, type Sample } from '../../samples/sample.js';
import { loadedBy } from '../../warehouse/ledger-runs.js';
import type { Context } from '../context.js';
import { rootMessage } from '../explain.js';
import { findPipeline } from '../find-pipeline.js';
import { startRun } from '../start-run.js';
import { outcomeOf } from '../wait.js';
import type { Finding } from './finding.js';
import { sampleInput, type SampleInput } from './sample-input.js';

const check = 'sample run';
/** in place of the id of the run that extracted it */
const runId = 'sample';

/** loads what a first run would have extracted, and runs the steps after it: no source has to be reached */
export async function sampleRun(context: Context, named?: string): Promise<Finding> {
  const { lakeBucket, snapshotAt, rawBuckets = {} } = context.settings();
  const chosen = await choose(context, named);
  if ('problem' in chosen) return { check, ok: false, found: chosen.problem, remedy: chosen.remedy };
  const { pipeline, sample } = chosen;
  let input: SampleInput;
  try {
    input = await sampleInput(pipeline, sample, snapshotAt === undefined ? Date.now() : Date.parse(snapshotAt));
  } catch (error) {
    const remedy = `\`waterclock pipelines --check\`, or name another pipeline: \`doctor --with-sample <pipeline>\``;
    return { check, ok: false, found: `the sample of ${pipeline.name} cannot be read: ${rootMessage(error)}`, remedy };
  }
  const { interval, bodies } = input;
  const run = runName(pipeline.name, interval);
  const store = await context.store();
  const loader = await loadedBy(await context.warehouse(), pipeline.name, interval);
  if (loader && !(await isOfSample(store, lakeBucket, pipeline.name, loader))) {
    const found = `${run} is loaded already, by run ${loader}: the sample would replace its rows`;
    return { check, ok: false, found, remedy: 'name another pipeline: `doctor --with-sample <pipeline>`' };
  }
  await putExtract(store, pipeline, interval, bodies, { lakeBucket, rawBuckets });
  const asked: RunInput & { interval: Interval } = {
    pipeline: pipeline.name,
    interval,
    grid: pipeline.grid,
    trigger: 'manual',
    from: 'validate',
    source: runId,
    dbt: pipeline.dbtSelect === undefined ? 'skip' : 'build',
    params: {},
  };
  const { handle, link } = await startRun(context, run, asked);
  context.leaving(`${run} goes on without this command`);
  const outcome = await outcomeOf<RunResult>(handle, async () => context.terminal.progress(`${run} ...`));
  if (outcome.status === 'failed') {
    return { check, ok: false, found: `${run}: ${outcome.error}`, remedy: link ?? `\`waterclock show ${run}\`` };
  }
  const rows = Object.values(outcome.result.entities).reduce((sum, { loaded = 0 }) => sum + loaded, 0);
  const built = asked.dbt === 'build' ? ' and built its models' : '';
  return { check, ok: true, found: `${run} loaded ${rows} rows${built}` };
}

type Choice = { pipeline: Pipeline; sample: Sample } | { problem: string; remedy: string };

/** the first whose sample is real; invented rows must not stay in anybody's warehouse unless they are asked for by name */
async function choose(context: Context, named: string | undefined): Promise<Choice> {
  const pipelines = await context.pipelines();
  const samples = samplesOf(context.projectPlace().folder);
  const wanted = named === undefined ? pipelines : [findPipeline(pipelines, named)];
  const found = wanted.flatMap((pipeline) => {
    const sample = samples.find((one) => one.pipeline === pipeline.name);
    return sample ? [{ pipeline, sample }] : [];
  });
  const [first] = found;
  if (!first) {
    const problem = `${named ?? 'no pipeline of the project'} has ${named === undefined ? 'a' : 'no'} sample here`;
    return {
      problem,
      remedy: 'write pipelines/<name>/sample/sample.yaml (docs/project.md); an image carries small.json',
    };
  }
  const real = found.find(({ sample }) => !sample.simulated);
  if (named !== undefined || real || !context.namesDeployment) return real ?? first;
  return {
    problem: 'every sample of the project is simulated, and its rows would stay in the warehouse of this deployment',
    remedy: `to load one all the same, name it: \`doctor --with-sample ${first.pipeline.name}\``,
  };
}

/** whether a run took its raw from the doctor */
async function isOfSample(store: ObjectStore, bucket: string, pipeline: string, loader: string): Promise<boolean> {
  const ref = { bucket, key: keys.step({ pipeline, runId: loader }, 'extract') };
  const manifest = await getJson<ExtractManifest>(store, ref).catch(() => undefined);
  return manifest !== undefined && manifest.parts.every(({ key }) => key.includes(`/${runId}/`));
}

async function putExtract(
  store: ObjectStore,
  pipeline: Pipeline,
  interval: Interval,
  bodies: SampleInput['bodies'],
  { lakeBucket, rawBuckets }: Required<Pick<Settings, 'lakeBucket' | 'rawBuckets'>>,
): Promise<void> {
  const source: RunRef = {
    pipeline: pipeline.name,
    interval,
    workflowId: runName(pipeline.name, interval),
    runId,
    trigger: 'manual',
    ...ownPartitions(pipeline.grid),
  };
  const bucket = rawBucketOf(pipeline, { lakeBucket, rawBuckets });
  const parts: RawPart[] = await Promise.all(
    bodies.map(async ({ name, body }, at) => {
      const key = keys.rawPart(source, at, pipeline.source.records.form);
      await store.put({ bucket, key }, body);
      const bytes = body.length;
      return { key, bytes, gzip: false, sources: [{ name: `sample ${name}`, offset: 0, bytes }] };
    }),
  );
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  const manifest: ExtractManifest = {
    step: 'extract',
    run: source,
    bucket,
    source: pipeline.source,
    parts,
    files: parts.length,
    bytes,
  };
  await putJson(store, { bucket: lakeBucket, key: keys.step(source, 'extract') }, manifest);
}
