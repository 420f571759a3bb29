import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { createActivities } from '../../activities/index.js';
import { withFailures } from '../../activities/failures.js';
import type { Activities } from '../../activities/types.js';
import { roles } from '../../model/roles.js';
import type { Settings } from '../../model/settings.js';
import { taskQueueOf } from '../../model/task-queues.js';
import type { Pipeline } from '../../define/pipeline.js';
import { readingsPipeline } from '../project/pipelines/readings/definition.js';
import { registerSearchAttributes } from '../../control/register-search-attributes.js';
import { runTogether } from '../../worker/run-together.js';
import type { ObjectStore } from '../../lake/object-store.js';
import type { Warehouse } from '../../warehouse/data-api.js';
import { putClosed } from '../../lake/closed-runs.js';
import { memoryStore } from '../../testing/memory-store.js';
import { memoryLedger, type MemoryLedger } from './memory-ledger.js';

const { deadline: _deadline, dbtSelect: _dbtSelect, ...plain } = readingsPipeline;
/** one without tables, deadline or models, for tests to change; its runs have four steps instead of six */
export const plainPipeline: Pipeline = { ...plain, entities: [] };

export interface NoOpService {
  client: Client;
  settings: Settings;
  ledger: MemoryLedger;
  /** those that the plan and the watch know; tests add theirs */
  pipelines: Pipeline[];
  /** slots of each pool; tests add and change theirs */
  pools: Record<string, number>;
  activities: Activities;
  close(): Promise<void>;
}

/** real workflows on a real server, what starts runs and looks after them too; the steps do nothing */
export async function noOpService(
  address: string,
  workflowBundle: WorkflowBundleOption,
  changes: (real: Activities) => Partial<Activities> = () => ({}),
  /** `earlier`: namespace of one that was closed, to go on where it ended; `waiting`: slots of what waits for runs, as many as workers have */
  given: { store?: ObjectStore; warehouse?: Warehouse; earlier?: string | undefined; waiting?: number } = {},
): Promise<NoOpService> {
  const namespace = given.earlier ?? `no-op-${Math.random().toString(36).slice(2)}`;
  const connection = await Connection.connect({ address });
  const client = new Client({ connection, namespace });
  if (!given.earlier) {
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
    });
    await registerSearchAttributes({ client, connection, namespace }, false);
  }
  const settings = {
    taskQueue: namespace,
    lakeBucket: 'lake',
    heartbeatTimeout: 10_000,
    dbt: { target: namespace },
    redshift: {},
    alerts: {},
    worker: { roles: [] as Settings['worker']['roles'] },
  } as Settings;
  const ledger = memoryLedger();
  const store = given.store ?? memoryStore();
  const pipelines: Pipeline[] = [];
  const pools: Record<string, number> = {};
  const real = createActivities({
    settings,
    pipelines,
    pools,
    client,
    warehouse: () => given.warehouse ?? ledger.warehouse,
    environment: {},
    store,
    threads: absent('threads'),
  });
  const manifest = { bucket: 'lake', key: 'none' };
  const activities: Activities = {
    ...real,
    extract: async () => ({ manifest, parts: 0, files: 0, bytes: 0 }),
    validate: async () => ({
      manifest,
      counts: { records: 0, routed: 0, ignored: 0, dropped: 0, unparseable: 0 },
      entities: {},
    }),
    close: async (closing) => {
      const { run, status, finishedAt } = closing;
      await putClosed(store, settings.lakeBucket, run.pipeline, {
        ...run.interval,
        runId: run.runId,
        status,
        finishedAt,
      });
      ledger.rows.push(closing);
      return { recovered: false };
    },
    ...changes(real),
  };
  const native = await NativeConnection.connect({ address });
  const workers = await Promise.all(
    roles.map((role) =>
      Worker.create({
        connection: native,
        namespace,
        taskQueue: taskQueueOf(namespace, role),
        ...(role === 'workflows' && { workflowBundle, maxConcurrentActivityTaskExecutions: given.waiting ?? 1_000 }),
        activities: withFailures(activities),
      }),
    ),
  );
  const running = runTogether(workers);
  return {
    client,
    settings,
    ledger,
    pipelines,
    pools,
    activities,
    async close() {
      for (const worker of workers) worker.shutdown();
      await running;
      await native.close();
      await connection.close();
    },
  };
}

function absent<T extends object>(what: string): T {
  return new Proxy({} as T, {
    get: () => () => Promise.reject(new Error(`${what} is not there`)),
  });
}
