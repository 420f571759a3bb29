import { hostname } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createActivities } from '../activities/index.js';
import { s3Store } from '../lake/object-store.js';
import { rememberingStore } from '../lake/remembering-store.js';
import { redactor } from '../model/redact.js';
import { readSettings } from '../model/settings.js';
import { workerIdentity } from '../model/worker-identity.js';
import { taskQueueOf } from '../model/task-queues.js';
import { definitionHashes } from '../define/definition-hash.js';
import { dbtFolder, findProject, openProject } from '../define/open-project.js';
import { temporalToken } from '../sources/secrets/temporal-token.js';
import { dataApi, redshiftClient } from '../warehouse/data-api.js';
import { keepHealthFile } from './health-file.js';
import { noteDefinitions } from './note-definitions.js';
import { runTogether } from './run-together.js';
import { slotsOf } from './slots.js';
import { stepMetrics } from './step-metrics.js';
import { stopping } from './stopping.js';
import { startTelemetry } from './telemetry.js';
import { threadPool } from './threads.js';
import { versionOf } from './version.js';
import { workflowCode } from './workflow-code.js';

const place = findProject(process.env['WATERCLOCK_PROJECT'] || process.cwd());
const project = await openProject(place.config);
const settings = readSettings(process.env, dbtFolder(place, project));
const { roles, healthFile, metricsAddress, grace } = settings.worker;
const version = versionOf(settings);
const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
const redact = redactor(process.env);
startTelemetry(redact, metricsAddress);

const token = await temporalToken(process.env);
if (token) redact.add(token.value());
const connection = await NativeConnection.connect({ ...connectionOptions, ...(token && { apiKey: token.value() }) });
const clientConnection = await Connection.connect({ ...connectionOptions, ...(token && { apiKey: token.value }) });
token?.follow(
  (changed) => {
    redact.add(changed);
    return connection.setApiKey(changed);
  },
  (message) => Runtime.instance().logger.warn(`the token of Temporal stays as it was: ${message}`),
);
const redshift = redshiftClient();
const store = { forcePathStyle: settings.s3ForcePathStyle };
const hashes = definitionHashes(project);
const threads = threadPool({ store, project: place.config, ready: roles.includes('ingest') ? 1 : 0 });
let stopNotes: (() => void) | undefined;
try {
  const activities = createActivities({
    settings,
    pipelines: project.pipelines,
    pools: project.pools,
    store: rememberingStore(s3Store(store)),
    warehouse: (watch) => dataApi(settings.redshift, watch, redshift),
    threads,
    client: new Client({ connection: clientConnection, namespace }),
    environment: process.env,
    envFile: join(place.folder, '.env'),
    projectFolder: place.folder,
    redact,
    stopping: stopping(),
  });
  const workerOf = async (role: (typeof roles)[number]) =>
    Worker.create({
      connection,
      namespace,
      identity: workerIdentity(process.pid, hostname(), hashes.project),
      taskQueue: taskQueueOf(settings.taskQueue, role),
      activities,
      ...(role === 'workflows' && { workflowBundle: await workflowCode() }),
      ...slotsOf(role, settings.worker),
      ...version,
      interceptors: { activity: [stepMetrics] },
      shutdownGraceTime: grace,
      maxHeartbeatThrottleInterval: settings.heartbeatTimeout / 3,
    });
  if (roles.includes('workflows')) await noteDefinitions(s3Store(store), settings.lakeBucket, hashes);
  const workers = await Promise.all(roles.map(workerOf));
  const queues = workers.map(({ options }) => options.taskQueue).join(', ');
  process.stderr.write(`worker ready on task queue${workers.length > 1 ? 's' : ''} ${queues}\n`);
  if (healthFile) stopNotes = keepHealthFile(healthFile, workers, clientConnection);
  await runTogether(workers);
} finally {
  stopNotes?.();
  await threads.close();
  await connection.close();
}
// not by closing the client's connection: a call of it that waits to be retried would throw in its timer
process.exit(0);
