import { existsSync, writeFileSync } from 'node:fs';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { WorkflowHandle } from '@temporalio/client';
import type { Activities } from '../../activities/types.js';
import { TerminalError } from '../../model/errors.js';
import { attributes } from '../../model/attributes.js';
import { duration, iso, lastComplete } from '../../model/interval.js';
import { dbtBuildsId, downstreamId, fillId, poolId, runName, scheduleId, upstreamLoaded } from '../../model/names.js';
import type { StepOutcome } from '../../model/step-outcome.js';
import type { BackfillInput, BackfillResult } from '../../model/backfill.js';
import { selectionKey, type DbtRequestInput } from '../../model/dbt.js';
import type { RunInput } from '../../model/plan.js';
import type { RebuildInput } from '../../model/rebuild.js';
import { readingsPipeline } from '../project/pipelines/readings/definition.js';
import type { Pipeline } from '../../define/pipeline.js';
import { applySchedule } from '../../control/apply-schedule.js';
import { bundleWorkflows } from './bundle-workflows.js';
import { eventually } from './eventually.js';
import { noOpService, plainPipeline } from './no-op-service.js';
import { ownTemporal } from './own-temporal.js';

// records one history of each thing that the workflows of today can do, into test/histories; what is there stays.
// `npm run histories -- [SUFFIX]`, when workflows have learned something new

const suffix = process.argv[2] ? `-${process.argv[2]}` : '';
const folder = new URL('../histories/', import.meta.url);
const manifest = { bucket: 'lake', key: 'none' };
const hour = duration('1 hour');
const grid = { every: hour, offset: 0 };
const built = { status: 'success' as const, ok: 1, failed: 0, skipped: 0, failures: [] };

const broken = { ...built, status: 'failed' as const, ok: 0, failed: 1 };

/** first attempts of these activities fail */
const flaky = new Set<keyof Activities>();
const once = (name: keyof Activities) => {
  if (flaky.delete(name)) throw new Error(`${name} fails once`);
};
let isRefused = false;
let isMissing = false;

const temporal = await ownTemporal();
const service = await noOpService(temporal.address, await bundleWorkflows(), (real) => ({
  extract: async ({ run }) => {
    once('extract');
    if (isRefused) throw new TerminalError('SourceRefused', 'no permission');
    return { manifest, parts: run.pipeline === 'b' ? 1 : 2, files: 2, bytes: 2 };
  },
  taskBefore: async () => ({ manifest }),
  taskAfter: async () => {
    once('taskAfter');
    return { manifest, told: 'exported 3' };
  },
  validatePart: async () => once('validatePart'),
  parquet: async () => ({ manifest, rows: 1, files: 1, bytes: 1 }),
  copy: async () => ({ manifest, outcome: 'loaded', valid: 1, staged: 1, inserted: 1, updated: 0, deleted: 0 }),
  dbtBuild: async ({ selections }) => {
    once('dbtBuild');
    const bySelect = Object.fromEntries(
      selections.map((selection) => [selectionKey(selection), selection.select === 'tag:broken' ? broken : built]),
    );
    return { bySelect, total: built, artifacts: '' };
  },
  arrangeBuilds: async ({ wanted, most }) => ({ builds: wanted.slice(0, most).map((_, place) => [place]) }),
  ready: async () => (isMissing ? { missing: 'not there', found: '' } : { found: 'all there' }),
  sendAlert: async () => once('sendAlert'),
  rebuildPlan: async ({ round }) => ({ manifest, intervals: 12 - 11 * round, toEncode: 0 }),
  rebuildCopy: async () => once('rebuildCopy'),
  rebuildSwap: async ({ round }) => {
    if (isRefused) throw new TerminalError('SchemaMismatch', 'a column is in the way');
    return { isSwapped: round > 0, rows: 12 };
  },
  rebuildDrop: async () => undefined,
  validate: async () => ({
    manifest,
    counts: { records: 2, routed: 2, ignored: 0, dropped: 0, unparseable: 0 },
    entities: { readings: { valid: 1, rejected: 1 } },
  }),
  // the backfill that continues as new would take as long as its runs
  ensureRun: async (given) => {
    const { pipeline, interval } = given.run;
    const run = runName(pipeline, interval);
    if (pipeline === 'k' && isRefused) return { status: 'failed', run, error: 'it is away', cause: 'Away' };
    return pipeline === 'i' || pipeline === 'k' ? { status: 'completed', run } : real.ensureRun(given);
  },
}));
const { entities } = readingsPipeline;
const { client, settings, pipelines } = service;
const { taskQueue } = settings;
const last = lastComplete(grid, Date.now());

function add(name: string, changes: Partial<Pipeline> = {}): Pipeline {
  const pipeline = { ...plainPipeline, name, grid, start: Date.parse(last.start), catchup: 24 * hour, ...changes };
  pipelines.push(pipeline);
  return pipeline;
}

const runOf = (pipeline: Pipeline, changes: Partial<RunInput> = {}): RunInput => ({
  pipeline: pipeline.name,
  interval: last,
  grid,
  trigger: 'manual',
  dbt: 'skip',
  params: {},
  ...changes,
});

const backfillOf = (pipeline: Pipeline, intervals: number): BackfillInput => ({
  pipeline: pipeline.name,
  from: iso(Date.parse(last.end) - intervals * hour),
  to: last.end,
  grid,
  maxActive: 8,
  dbt: 'build',
  dbtSelect: 'tag:x',
  dbtTarget: settings.dbt.target,
  heartbeatTimeout: 10_000,
  params: {},
});

const start = (type: string, input: unknown[]): Promise<WorkflowHandle> =>
  client.workflow.start(type, { workflowId: `${type}-${Math.random()}`, taskQueue, args: input });
const ended = (handle: WorkflowHandle) => handle.result().catch(() => undefined);

const begun = (handle: WorkflowHandle) =>
  eventually(() =>
    handle.describe().then(
      () => true,
      () => false,
    ),
  );

/** the execution that a reset makes of one that has ended */
async function resetToItsLastTask(handle: WorkflowHandle): Promise<WorkflowHandle> {
  const { events } = await handle.fetchHistory();
  const tasks = (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes);
  const { runId } = await client.connection.workflowService.resetWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId: handle.workflowId },
    reason: 'to record it',
    requestId: 'recorded',
    workflowTaskFinishEventId: tasks.at(-1)?.eventId ?? null,
  });
  const made = client.workflow.getHandle(handle.workflowId, runId);
  await ended(made);
  return made;
}

/** where it was recorded says nothing about workflows */
const withoutMachine = (key: string, value: unknown) =>
  key === 'stackTrace' ? undefined : key === 'identity' ? 'recorded' : value;

async function keep(name: string, handle: WorkflowHandle): Promise<void> {
  const file = new URL(`${name}${suffix}.json`, folder);
  if (existsSync(file)) return console.log(`kept      ${name}${suffix}`);
  const history = JSON.parse(historyToJSON(await handle.fetchHistory())) as object;
  writeFileSync(file, `${JSON.stringify(history, withoutMachine, 2)}\n`);
  console.log(`recorded  ${name}${suffix}`);
}

async function record(name: string, type: string, input: unknown): Promise<void> {
  const handle = await start(type, [input]);
  await ended(handle);
  await keep(name, handle);
}

try {
  const models = { dbtSelect: 'tag:x', entities };
  flaky.add('extract').add('dbtBuild');
  await record('run-with-retries-and-dbt', 'pipelineRun', runOf(add('a', models), { dbt: 'build' }));
  await record('run-deferred', 'pipelineRun', runOf(add('b', models), { dbt: 'defer' }));

  const parking = add('c', { policy: { ...plainPipeline.policy, onFailure: 'park' } });
  isRefused = true;
  const parked = await start('pipelineRun', [runOf(parking)]);
  await eventually(async () => (await parked.describe()).typedSearchAttributes.get(attributes.Step) === 'parked');
  isRefused = false;
  await parked.executeUpdate('resolve', { args: ['retry'] });
  await ended(parked);
  await keep('run-parked', parked);
  isRefused = true;
  flaky.add('sendAlert');
  const failed = await start('pipelineRun', [runOf(add('d'))]);
  await ended(failed);
  isRefused = false;
  await keep('run-failed', failed);
  const { events } = await failed.fetchHistory();
  const raised = events?.find((event) => event.startChildWorkflowExecutionInitiatedEventAttributes);
  const told = client.workflow.getHandle(raised?.startChildWorkflowExecutionInitiatedEventAttributes?.workflowId ?? '');
  await ended(told);
  await keep('alert', told);

  flaky.add('extract');
  const timed = add('k', { policy: { ...plainPipeline.policy, retryBudget: hour } });
  await record('run-within-its-budget', 'pipelineRun', runOf(timed, { trigger: 'schedule' }));
  await record('run-without-a-plan', 'pipelineRun', runOf({ ...timed, name: 'nobody' }));
  flaky.add('extract');
  const original = await start('pipelineRun', [runOf(timed)]);
  await ended(original);
  await keep('run-reset', await resetToItsLastTask(original));

  const waiting = { ...plainPipeline.policy, waitFor: { minimumObjects: 1, every: 1_000, timeout: hour } };
  await record('run-after-waiting', 'pipelineRun', runOf(add('e', { policy: waiting })));
  isMissing = true;
  const upstream = { ...plainPipeline.policy, after: ['e'] };
  const waiter = await start('pipelineRun', [runOf(add('l', { policy: upstream }))]);
  await eventually(async () => (await waiter.query<StepOutcome[]>('steps').catch(() => []))[0]?.told === 'not there');
  isMissing = false;
  await waiter.signal(upstreamLoaded, 'e');
  await ended(waiter);
  await keep('run-at-a-signal', waiter);

  const [used, user] = [add('m'), add('n', { policy: { ...plainPipeline.policy, after: ['m'] } })];
  await ended(await start('pipelineRun', [runOf(user)]));
  const again = await start('pipelineRun', [runOf(used, { downstream: true })]);
  await ended(again);
  await keep('run-with-followers', again);
  const follower = client.workflow.getHandle(downstreamId(again.workflowId));
  await ended(follower);
  await keep('downstream', follower);
  const range = await start('backfill', [{ ...backfillOf(used, 1), dbt: 'skip', downstream: true }]);
  await ended(range);
  await keep('backfill-with-followers', range);
  await ended(client.workflow.getHandle(downstreamId(range.workflowId)));

  const program = { command: ['true'], environment: {}, grace: 1_000 };
  const tasks = { before: [{ ...program, name: 'check' }], after: [{ ...program, name: 'export' }] };
  flaky.add('taskAfter');
  await record('run-with-tasks', 'pipelineRun', runOf(add('p', { ...models, tasks }), { dbt: 'build' }));

  await record('run-until-extract', 'pipelineRun', runOf(add('f'), { until: 'extract' }));

  const { pools } = service;
  pools['shop-api'] = 1;
  flaky.add('extract');
  const pooled = runOf(add('o', { pool: 'shop-api' }));
  const sharing = [await start('pipelineRun', [pooled]), await start('pipelineRun', [pooled])];
  await Promise.all(sharing.map(ended));
  for (const [at, handle] of sharing.entries()) await keep(`run-in-a-pool-${at}`, handle);
  const slots = client.workflow.getHandle(poolId('shop-api'));
  await ended(slots);
  await keep('slot-pool', slots);

  // as the server starts it: the interval is the slot's, the deadline has passed
  const scheduled = add('g', { deadline: 1 });
  const applying = { client: client.schedule, taskQueue, dryRun: false, loadedUpTo: async () => undefined };
  await applySchedule(scheduled, applying);
  const schedule = client.schedule.getHandle(scheduleId('g'));
  const end = Date.parse(last.end);
  await schedule.backfill({ start: new Date(end - 1_000), end: new Date(end + 1_000), overlap: 'ALLOW_ALL' });
  const slot = client.workflow.getHandle(`g-${last.end}`);
  await begun(slot);
  await ended(slot);
  await keep('run-of-a-slot-late', slot);
  await schedule.trigger();
  await eventually(async () => (await schedule.describe()).info.recentActions.length > 1);
  const byHand = (await schedule.describe()).info.recentActions.at(-1)?.action.workflow.workflowId ?? '';
  await ended(client.workflow.getHandle(byHand));
  await keep('run-off-the-grid', client.workflow.getHandle(byHand));

  const filling = add('h', { deadline: 1 });
  await applySchedule(filling, applying);
  await record('watch', 'watch', undefined);
  await ended(client.workflow.getHandle(fillId('h', 'missing')));
  const { start: from = 0 } = add('k', { deadline: 1, start: Date.parse(last.start) - 2 * hour });
  await applySchedule({ ...filling, name: 'k', start: from }, applying);
  await record('watch-of-each-pipeline', 'watch', undefined);
  const filled = client.workflow.getHandle(fillId('k', 'missing'));
  await ended(filled);
  await keep('backfill-of-a-list', filled);

  const backfill = await start('backfill', [backfillOf(add('i'), 230)]);
  const first = (await backfill.describe()).runId;
  await ended(backfill);
  await keep('backfill-continued-as-new', client.workflow.getHandle(backfill.workflowId, first));
  await keep('backfill-continuing', backfill);

  isRefused = true;
  const pausing = await start('backfill', [{ ...backfillOf(add('k'), 12), maxActive: 2, alerts: { failed: ['log'] } }]);
  await eventually(async () => (await pausing.query<BackfillResult>('progress')).hold !== undefined);
  isRefused = false;
  await pausing.executeUpdate('resume', { args: [null] });
  await ended(pausing);
  await keep('backfill-paused-by-itself', pausing);

  const anew: RebuildInput = {
    pipeline: 'j',
    entity: 'readings',
    grid,
    dbt: 'build',
    dbtSelect: 'tag:x',
    dbtTarget: settings.dbt.target,
    heartbeatTimeout: 10_000,
  };
  flaky.add('rebuildCopy');
  await record('rebuild-in-two-rounds', 'rebuild', anew);
  isRefused = true;
  await record('rebuild-failed', 'rebuild', anew);
  isRefused = false;

  const request: DbtRequestInput = { select: 'tag:x', dbtTarget: settings.dbt.target };
  await record('dbt-request-alone', 'dbtRequest', request);
  const builds = client.workflow.getHandle(dbtBuildsId(settings.dbt.target));
  await ended(builds);
  await keep('dbt-builds-idle', builds);

  settings.dbt.sideBySide = 2;
  const selects = ['tag:x', 'tag:y', 'tag:z'];
  await Promise.all(selects.map((select) => start('dbtRequest', [{ ...request, select }]).then(ended)));
  const audience = { alerts: { failed: ['log' as const] } };
  await record('dbt-request-scheduled', 'dbtRequest', {
    ...request,
    select: 'tag:broken',
    name: 'build:x',
    grid,
    audience,
  });
  await ended(builds);
  await keep('dbt-builds-side-by-side', builds);
} finally {
  await service.close();
  await temporal.close();
}
