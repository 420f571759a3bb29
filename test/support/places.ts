import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { inject } from 'vitest';
import './provided.js';
import type { World } from './world.js';

/** every workflow of the namespace, its payloads read */
export async function histories(service: World): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { workflowId, runId } of service.client.workflow.list()) {
    const handle = service.client.workflow.getHandle(workflowId, runId);
    const text = JSON.stringify(historyToJSON(await handle.fetchHistory()));
    const payloads = [...text.matchAll(/"data":"([A-Za-z0-9+/=]+)"/g)].map(([, data = '']) =>
      Buffer.from(data, 'base64'),
    );
    found[`history of ${workflowId}`] = [text, ...payloads, JSON.stringify((await handle.describe()).raw)].join('\n');
  }
  return found;
}

/** what lies in the lake, with its metadata */
export async function objects(service: World): Promise<Record<string, string>> {
  const { accessKeyId, secretAccessKey } = inject('stack').credentials;
  const s3 = new S3Client({
    endpoint: service.environment['AWS_ENDPOINT_URL_S3'] ?? '',
    region: 'eu-central-1',
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
  });
  const Bucket = service.environment['WATERCLOCK_LAKE_BUCKET'] ?? '';
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
  const found: Record<string, string> = {};
  for (const { Key = '' } of Contents) {
    const [{ Body }, head] = await Promise.all([
      s3.send(new GetObjectCommand({ Bucket, Key })),
      s3.send(new HeadObjectCommand({ Bucket, Key })),
    ]);
    found[Key] =
      `${await Body?.transformToString()} ${JSON.stringify(head.Metadata)} ${JSON.stringify(head.$metadata)}`;
  }
  s3.destroy();
  return found;
}

export async function ledger(service: World): Promise<unknown[]> {
  const tables = ['ingestor_executions', 'handler_executions', 'run_executions'];
  return Promise.all(tables.map((table) => service.query(`select * from monitor_db.${table}`)));
}
