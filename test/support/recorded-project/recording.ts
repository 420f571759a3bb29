import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { inject } from 'vitest';
import { roles } from '../../../model/roles.js';
import { answers } from '../aws-calls/answers.js';
import type { AwsCall } from '../aws-calls/aws-call.js';
import { recordingProxy, type RecordingProxy } from '../aws-calls/recording-proxy.js';
import { settled } from '../aws-calls/settled.js';
import { world, type World } from '../world.js';
import { places } from './places.js';
import project from './waterclock.config.js';

export const recordedRoles = [...roles, 'operator'] as const;
type Recorded = (typeof recordedRoles)[number];

export interface Recording {
  service: World;
  /** address that a role is given in the place of AWS */
  addressOf(role: Recorded): string;
  callsOf(role: Recorded): { calls: AwsCall[]; problems: string[] };
  /** the API of the pipeline `asked` is gone, or there again */
  breakApi(isBroken: boolean): void;
  close(): Promise<void>;
}

/** a deployment whose workers have a role each, behind a proxy that takes the place of AWS and notes what it is asked */
export async function startRecording(): Promise<Recording> {
  const { environment, credentials } = inject('stack');
  const servers = {
    s3: environment['AWS_ENDPOINT_URL_S3'] ?? '',
    'redshift-data': environment['AWS_ENDPOINT_URL_REDSHIFT_DATA'] ?? '',
  };
  const answer = answers({ credentials, secret: JSON.stringify({ token: 'one' }), messages });
  const proxies = new Map<Recorded, RecordingProxy>();
  for (const name of recordedRoles) proxies.set(name, await recordingProxy({ servers, answer }));
  const proxyOf = (name: Recorded): RecordingProxy => {
    const found = proxies.get(name);
    if (!found) throw new Error(`no proxy records ${name}`);
    return found;
  };
  const api = await smallApi();
  await fillBuckets(new S3Client({ endpoint: servers.s3, region: 'eu-central-1', forcePathStyle: true, credentials }));

  const through = (name: Recorded) => {
    const { url } = proxyOf(name);
    const bySource = ['LISTED', 'ANNOUNCED', 'BORROWED'].map((pipeline) => [`WATERCLOCK_SOURCE_${pipeline}`, url]);
    return {
      AWS_ENDPOINT_URL: url,
      AWS_ENDPOINT_URL_S3: url,
      AWS_ENDPOINT_URL_REDSHIFT_DATA: url,
      ...(Object.fromEntries(bySource) as Record<string, string>),
    };
  };
  const service = await world({
    ...through('operator'),
    WATERCLOCK_PROJECT: import.meta.dirname,
    WATERCLOCK_SNAPSHOT_AT: '2022-11-25T01:00:00Z',
    WATERCLOCK_SOURCE_ASKED: api.url,
    WATERCLOCK_SOURCE_FOLLOWING: api.url,
    RECORDED_QUEUE: `${proxyOf('ingest').url}/111122223333/recorded-events`,
    ASKED_TOKEN: `${places.secret}#token`,
    WATERCLOCK_TASK_ROLE_ARN: places.programs,
    // as the deployment on AWS has it
    WATERCLOCK_TAG_SUPERSEDED: 'true',
    WATERCLOCK_ALERT_SNS_TOPIC_ARN: places.topic,
    WATERCLOCK_ALERT_EMAIL_FROM: places.sender,
    WATERCLOCK_ALERT_EMAIL_TO: 'on-call@example.com',
  });
  await Promise.all(roles.map((role) => service.startWorker({ ...through(role), WATERCLOCK_ROLES: role })));
  const names = {
    places: {
      '{lake}': service.environment['WATERCLOCK_LAKE_BUCKET'] ?? '',
      '{workgroup}': service.environment['WATERCLOCK_REDSHIFT_WORKGROUP'] ?? '',
    },
    pipelines: project.pipelines.map(({ name }) => name),
    entities: project.pipelines.flatMap(({ entities }) => entities.map(({ plan }) => plan.name)),
  };
  return {
    service,
    addressOf: (role) => proxyOf(role).url,
    callsOf: (role) => ({ calls: settled(proxyOf(role).calls, names), problems: proxyOf(role).problems }),
    breakApi: (isBroken) => void (api.isBroken = isBroken),
    async close() {
      await service.close();
      for (const proxy of proxies.values()) proxy.close();
      api.close();
    },
  };
}

async function smallApi() {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json');
    response.writeHead(api.isBroken ? 403 : 200).end('[{"id":"a"}]');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const api = { url, isBroken: false, close: () => (server.closeAllConnections(), void server.close()) };
  return api;
}

const event = (key: string, eventTime: string, versionId?: string) =>
  JSON.stringify({
    Records: [
      {
        eventSource: 'aws:s3',
        eventName: 'ObjectCreated:Put',
        eventTime,
        s3: { bucket: { name: places.source }, object: { key, size: 12, ...(versionId && { versionId }) } },
      },
    ],
  });

/** of the queue: the last one is not of the interval that is run */
const messages = [
  event('announced/one', '2022-11-24T10:10:00Z'),
  event('announced/two', '2022-11-24T10:20:00Z', 'v2'),
  event('announced/later', '2022-11-24T12:10:00Z'),
];

/** buckets of others, and those that the deployment makes: `setup` finds them */
async function fillBuckets(s3: S3Client): Promise<void> {
  for (const Bucket of [places.source, places.lent, places.raw]) await s3.send(new CreateBucketCommand({ Bucket }));
  const objects = [
    [places.source, 'listed/2022/11/24/10/a'],
    [places.source, 'ready/2022-11-24'],
    [places.source, 'announced/one'],
    [places.lent, 'borrowed/2022/11/24/10/a'],
  ] as const;
  for (const [Bucket, Key] of objects) await s3.send(new PutObjectCommand({ Bucket, Key, Body: '{"id":"one"}\n' }));
  s3.destroy();
}
