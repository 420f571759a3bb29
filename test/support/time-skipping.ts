import { encodeSearchAttributeIndexedValueType } from '@temporalio/common/lib/search-attributes.js';
import type { WorkflowHandle } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { inject } from 'vitest';
import { askForSlot } from '../../activities/ask-for-slot.js';
import type { Dependencies } from '../../activities/dependencies.js';
import { withFailures } from '../../activities/failures.js';
import { runPlanOf } from '../../activities/plan.js';
import type { Activities, CloseInput } from '../../activities/types.js';
import { alertId, type Alert } from '../../model/alert.js';
import { attributes, startAttributes } from '../../model/attributes.js';
import type { Interval } from '../../model/interval.js';
import { selectionKey, type DbtResult, type DbtSelection } from '../../model/dbt.js';
import { poolId } from '../../model/names.js';
import type { Plan, RunInput } from '../../model/plan.js';
import type { RunResult } from '../../model/run-result.js';
import { roles } from '../../model/roles.js';
import { taskQueueOf } from '../../model/task-queues.js';
import { pipelines } from './pipelines.js';
import { runTogether } from '../../worker/run-together.js';
import { pipelineRun } from '../../workflows/pipeline-run.js';
import { builtWorkflows } from './built-workflows.js';

export const interval: Interval = { start: '2022-11-24T10:00:00Z', end: '2022-11-24T11:00:00Z' };
export const grid = { every: 3_600_000, offset: 300_000 };
export const runInput: RunInput = {
  pipeline: 'minibuses',
  interval,
  grid,
  trigger: 'manual',
  dbt: 'build',
  params: {},
};

export const ref = (key: string) => ({ bucket: 'lake', key });
const success: DbtResult = { status: 'success', ok: 5, failed: 0, skipped: 0, failures: [] };

export interface Fakes {
  activities: Activities;
  /** what was asked, in order */
  calls: string[];
  /** selections of each dbt build */
  builds: DbtSelection[][];
  /** how many builds of a target workers allow at once */
  sideBySide?: number;
  closed: CloseInput[];
  alerts: (Alert & { channel: string })[];
  taskQueue: string;
  plan: Plan;
}

export type TimeSkipping = Awaited<ReturnType<typeof timeSkipping>>;

/** runs workers until the work is done */
async function runUntil<T>(workers: Worker[], work: () => Promise<T>): Promise<T> {
  const running = runTogether(workers);
  try {
    return await Promise.race([work(), running.then(() => Promise.reject(new Error('the workers ended')))]);
  } finally {
    for (const worker of workers.filter((worker) => worker.getState() === 'RUNNING')) worker.shutdown();
    await running;
  }
}

const notFaked = () => Promise.reject(new Error('it is not faked here'));

/** workflows on the time-skipping server, or on one that is there, with activities that answer at once */
export async function timeSkipping(server?: { address: string; namespace: string }) {
  const workflowBundle = builtWorkflows();
  const environment = server
    ? await TestWorkflowEnvironment.createFromExistingServer(server)
    : await TestWorkflowEnvironment.createTimeSkipping({
        server: { executable: { type: 'existing-path', path: inject('stack').tools.testServer } },
      });
  const types = Object.values(attributes).map(({ name, type }) => [
    name,
    encodeSearchAttributeIndexedValueType(type) ?? 0,
  ]);
  if (!server) {
    await environment.connection.operatorService.addSearchAttributes({
      namespace: 'default',
      searchAttributes: Object.fromEntries(types),
    });
  }
  /** workflows that several runs share, by their ids */
  const shared: string[] = [];

  /** activities that answer at once and note their calls */
  function fakes(changes: Partial<Activities> = {}, planned: Partial<Plan> = {}): Fakes {
    const calls: string[] = [];
    const builds: Fakes['builds'] = [];
    const closed: CloseInput[] = [];
    const alerts: Fakes['alerts'] = [];
    const plan = { ...planOf('minibuses'), ...planned };
    const taskQueue = `queue-${Math.random()}`;
    const activities: Activities = {
      plan: async () => runPlanOf(plan, ref('plan')),
      rebuildPlan: notFaked,
      rebuildInterval: notFaked,
      rebuildCopy: notFaked,
      rebuildSwap: notFaked,
      rebuildDrop: notFaked,
      extract: async () => ({ manifest: ref('extract'), parts: 2, files: 3, bytes: 10 }),
      taskBefore: notFaked,
      taskAfter: notFaked,
      extractRange: notFaked,
      validatePart: async ({ part }) => void calls.push(`part ${part}`),
      validate: async () => ({
        manifest: ref('validate'),
        counts: { records: 4, routed: 3, ignored: 1, dropped: 0, unparseable: 0 },
        entities: { positions: { valid: 2, rejected: 1 }, duties: { valid: 1, rejected: 0 } },
      }),
      parquet: async ({ entity }) => ({ manifest: ref(`parquet.${entity}`), rows: 1, files: 1, bytes: 1 }),
      copy: async ({ entity }) => {
        calls.push(`copy ${entity}`);
        return { manifest: ref('copy'), outcome: 'loaded', valid: 2, staged: 2, inserted: 2, updated: 0, deleted: 0 };
      },
      close: async (input) => {
        closed.push(input);
        return { recovered: false };
      },
      ready: async () => ({ found: 'all there' }),
      alertChannels: async () => ['log'],
      sendAlert: async ({ alert, channel }) => void alerts.push({ channel, ...alert }),
      watchedPipelines: async () => ({ pipelines: [] }),
      lookAt: async () => ({}),
      noteLate: async () => undefined,
      listedIntervals: async () => [],
      loadedIntervals: async () => [],
      dependents: async () => ({ dependents: [] }),
      usedIntervals: async () => ({ left: [] }),
      ensureRun: async ({ run }) => ({ status: 'completed', run: `minibuses-${run.interval.end}` }),
      cancelRuns: async () => undefined,
      needBuild: async ({ target, need }) => {
        shared.push(`dbt-${target}`);
        await environment.client.workflow.signalWithStart('dbtBuilds', {
          workflowId: `dbt-${target}`,
          taskQueue,
          // the fakes send no heartbeat here either
          args: [{ target, heartbeatTimeout: 7_200_000, needs: [] }],
          signal: 'need',
          signalArgs: [need, fake.sideBySide],
        });
      },
      arrangeBuilds: async ({ wanted }) => ({ builds: [wanted.map((_, place) => place)] }),
      askForSlot: async (asked) => {
        shared.push(poolId(asked.pool.name));
        return askForSlot({ client: environment.client, settings: { taskQueue } } as Dependencies)(asked);
      },
      dbtBuild: async ({ selections }) => {
        const selects = new Set(selections.map(({ select }) => select));
        calls.push(`dbt ${[...selects].sort().join(' + ')}`);
        builds.push(selections);
        return {
          bySelect: Object.fromEntries(selections.map((selection) => [selectionKey(selection), success])),
          total: success,
          artifacts: '',
        };
      },
      ...changes,
    };
    const fake: Fakes = { activities, calls, builds, closed, alerts, taskQueue, plan };
    return fake;
  }

  async function running<T>({ activities, taskQueue, alerts }: Fakes, work: () => Promise<T>): Promise<T> {
    const workers = await Promise.all(
      roles.map((role) =>
        Worker.create({
          connection: environment.nativeConnection,
          namespace: server?.namespace ?? 'default',
          taskQueue: taskQueueOf(taskQueue, role),
          ...(role === 'workflows' && { workflowBundle }),
          activities: withFailures(activities),
        }),
      ),
    );
    try {
      return await runUntil(workers, async () => {
        const result = await work();
        // any workflow that is left without a worker would stop time from being skipped
        for (const id of new Set(alerts.map(alertId))) await ended(id);
        return result;
      });
    } finally {
      // a builder without a worker would stop time from being skipped
      for (const id of shared.splice(0)) {
        await environment.client.workflow
          .getHandle(id)
          .terminate()
          .catch(() => undefined);
      }
    }
  }

  /** asks in real time: waiting for a result would let time be skipped to the workflow's own timeout */
  async function ended(id: string): Promise<void> {
    while ((await environment.client.workflow.getHandle(id).describe()).status.name === 'RUNNING') {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** the run has ended, and so have the alerts that it raised: none of them outlives its worker */
  async function settled(handle: WorkflowHandle): Promise<unknown> {
    const end = await handle.result().catch((error: unknown) => error);
    const { events } = await handle.fetchHistory();
    for (const event of events ?? []) {
      const raised = event.startChildWorkflowExecutionInitiatedEventAttributes?.workflowId;
      if (raised) await ended(raised);
    }
    return end;
  }

  const execute = (fake: Fakes, given: RunInput = runInput): Promise<RunResult> =>
    running(fake, () =>
      environment.client.workflow.execute(pipelineRun, {
        workflowId: `run-${Math.random()}`,
        taskQueue: fake.taskQueue,
        args: [given],
        typedSearchAttributes: startAttributes(given, given.interval ?? interval),
      }),
    );

  return { environment, fakes, running, execute, settled };
}

export function planOf(name: string): Plan {
  const pipeline = pipelines.find((pipeline) => pipeline.name === name);
  if (!pipeline) throw new Error(`no pipeline ${name}`);
  return {
    source: pipeline.source,
    entities: pipeline.entities.map((entity) => entity.plan),
    maxRejected: pipeline.maxRejected,
    deadline: 1_800_000,
    dbtSelect: 'tag:minibuses',
    rawBucket: 'raw',
    lakeBucket: 'lake',
    dbtTarget: `target-${Math.random()}`,
    // the fakes send no heartbeat, and time is skipped
    heartbeatTimeout: 7_200_000,
  };
}
