import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createActivities } from '../activities/index.js';
import { s3Store } from '../lake/object-store.js';
import { readSettings } from '../model/settings.js';
import { pipelines } from '../pipelines/index.js';
import { dataApi, redshiftClient } from '../warehouse/data-api.js';
import { startTelemetry } from './telemetry.js';
import { threadPool } from './threads.js';

const settings = readSettings(process.env);
const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
startTelemetry();

const connection = await NativeConnection.connect(connectionOptions);
const clientConnection = await Connection.connect(connectionOptions);
const redshift = redshiftClient();
const threads = threadPool({ forcePathStyle: settings.s3ForcePathStyle });
try {
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue: settings.taskQueue,
    workflowsPath: fileURLToPath(new URL('../workflows', import.meta.url)),
    activities: createActivities({
      settings,
      pipelines,
      store: s3Store({ forcePathStyle: settings.s3ForcePathStyle }),
      warehouse: (watch) => dataApi(settings.redshift, watch, redshift),
      threads,
      client: new Client({ connection: clientConnection, namespace }),
      environment: process.env,
    }),
    shutdownGraceTime: '10 seconds',
    maxHeartbeatThrottleInterval: settings.heartbeatTimeout / 3,
  });
  process.stderr.write(`worker ready on task queue ${settings.taskQueue}\n`);
  await worker.run();
} finally {
  await threads.close();
  await clientConnection.close();
  await connection.close();
}
