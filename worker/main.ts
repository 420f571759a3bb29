import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createActivities } from '../activities/index.js';
import { s3Store } from '../lake/object-store.js';
import { redactor } from '../model/redact.js';
import { readSettings } from '../model/settings.js';
import { pipelines } from '../pipelines/index.js';
import { dataApi, redshiftClient } from '../warehouse/data-api.js';
import { keepHealthFile } from './health-file.js';
import { stepMetrics } from './step-metrics.js';
import { startTelemetry } from './telemetry.js';
import { threadPool } from './threads.js';
import { workflowCode } from './workflow-code.js';

const settings = readSettings(process.env);
const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
startTelemetry(redactor(process.env), settings.worker.metricsAddress);

const connection = await NativeConnection.connect(connectionOptions);
const clientConnection = await Connection.connect(connectionOptions);
const redshift = redshiftClient();
// until steps have task queues of their own, every role but workflows takes all steps
const takesWorkflows = settings.worker.roles.includes('workflows');
const takesSteps = settings.worker.roles.some((role) => role !== 'workflows');
const threads = threadPool({ store: { forcePathStyle: settings.s3ForcePathStyle } });
let stopNotes: (() => void) | undefined;
try {
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue: settings.taskQueue,
    ...(takesWorkflows && workflowCode()),
    ...(takesSteps && {
      activities: createActivities({
        settings,
        pipelines,
        store: s3Store({ forcePathStyle: settings.s3ForcePathStyle }),
        warehouse: (watch) => dataApi(settings.redshift, watch, redshift),
        threads,
        client: new Client({ connection: clientConnection, namespace }),
        environment: process.env,
      }),
    }),
    interceptors: { activity: [stepMetrics] },
    shutdownGraceTime: '10 seconds',
    maxHeartbeatThrottleInterval: settings.heartbeatTimeout / 3,
  });
  process.stderr.write(`worker ready on task queue ${settings.taskQueue}\n`);
  const { healthFile } = settings.worker;
  if (healthFile) {
    const kinds = [...(takesWorkflows ? (['workflow'] as const) : []), ...(takesSteps ? (['activity'] as const) : [])];
    stopNotes = keepHealthFile(healthFile, worker, clientConnection, {
      namespace,
      taskQueue: settings.taskQueue,
      kinds,
    });
  }
  await worker.run();
} finally {
  stopNotes?.();
  await threads.close();
  await connection.close();
}
// not by closing the client's connection: a call of it that waits to be retried would throw in its timer
process.exit(0);
