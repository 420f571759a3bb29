import { fileURLToPath } from 'node:url';
import { Context } from '@temporalio/activity';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Runtime, DefaultLogger, Worker } from '@temporalio/worker';
import { alive } from '../../activities/alive.js';
import { createActivities } from '../../activities/index.js';
import { getJson, putJson, s3Store } from '../../lake/object-store.js';
import { keys } from '../../model/keys.js';
import type { CopyManifest, ExtractManifest, Plan } from '../../model/plan.js';
import { readSettings } from '../../model/settings.js';
import { taskQueueOf } from '../../model/task-queues.js';
import { pipelines } from '../../test/support/pipelines.js';
import { dataApi, redshiftClient } from '../../warehouse/data-api.js';
import { runTogether } from '../../worker/run-together.js';
import { slotsOf } from '../../worker/slots.js';
import { threadPool } from '../../worker/threads.js';
import { held, tiny } from './tiny-pipeline.js';

// one process for both: the service's own worker, and one of bare activities

const settings = readSettings(process.env);
Runtime.install({ logger: new DefaultLogger('ERROR') });
const address = process.env['TEMPORAL_ADDRESS'] ?? '';
const connection = await NativeConnection.connect({ address });
const client = new Client({ connection: await Connection.connect({ address }) });
const store = s3Store({ forcePathStyle: settings.s3ForcePathStyle });
const threads = threadPool({
  store: { forcePathStyle: settings.s3ForcePathStyle },
  project: new URL('../../test/project/waterclock.config.ts', import.meta.url).href,
});
const redshift = redshiftClient();
const real = createActivities({
  settings,
  pipelines: [...pipelines, tiny, held],
  store,
  warehouse: (watch) => dataApi(settings.redshift, watch, redshift),
  threads,
  client,
  environment: process.env,
});

/** under a heartbeat, until the worker dies; later attempts end at once */
const hold = () =>
  alive(async ({ sign, signal }) => {
    while (Context.current().info.attempt === 1 && !signal.aborted) {
      sign();
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  });
const isTiny = (pipeline: string) => pipeline === tiny.name || pipeline === held.name;

const service: typeof real = {
  ...real,
  async extract(input) {
    const { run } = input;
    if (!isTiny(run.pipeline)) return real.extract(input);
    const plan = await getJson<Plan>(store, input.plan);
    if (run.pipeline === held.name) await hold();
    const empty = { parts: [], files: 0, bytes: 0 };
    const manifest: ExtractManifest = { step: 'extract', run, bucket: plan.rawBucket, source: plan.source, ...empty };
    await putJson(store, { bucket: plan.rawBucket, key: keys.rawManifest(run) }, manifest);
    const ref = await putJson(store, { bucket: plan.lakeBucket, key: keys.step(run, 'extract') }, manifest);
    return { ...empty, manifest: ref, parts: 0 };
  },
  async copy(input) {
    const { run, entity } = input;
    if (!isTiny(run.pipeline)) return real.copy(input);
    const loaded = { outcome: 'loaded' as const, valid: 0, staged: 0, inserted: 0, updated: 0, deleted: 0 };
    const manifest: CopyManifest = { step: 'copy', run, entity, ...loaded };
    const ref = await putJson(store, { bucket: input.plan.bucket, key: keys.step(run, 'copy', entity) }, manifest);
    return { manifest: ref, ...loaded };
  },
};

const common = { connection, namespace: 'default', maxHeartbeatThrottleInterval: 3000, shutdownGraceTime: '2 seconds' };
const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const workers = await Promise.all([
  ...settings.worker.roles.map((role) =>
    Worker.create({
      ...common,
      taskQueue: taskQueueOf(settings.taskQueue, role),
      activities: service,
      ...(role === 'workflows' && { workflowsPath: folder('../../workflows') }),
      ...slotsOf(role, settings.worker),
    }),
  ),
  Worker.create({
    ...common,
    taskQueue: 'bare',
    workflowsPath: folder('./bare'),
    activities: { noop: ({ isHeld }: { isHeld: boolean }) => (isHeld ? hold() : undefined) },
  }),
]);
process.stdout.write('ready\n');
await runTogether(workers);
process.exit(0);
