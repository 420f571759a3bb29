import { withLoopback } from './child-environment.js';
import type { Credentials } from './credentials.js';
import { tool } from './paths.js';
import type { Ports } from './ports.js';
import { database } from './services/postgres.js';
import { region } from './services/region.js';
import { warehousePassword, warehouseUsers } from './warehouse-users.js';
import { type Sample, sourceSettings } from 'waterclock/samples';

export interface ProductOptions {
  ports: Ports;
  credentials: Credentials;
  noProxy?: string;
  /** addresses of the embedded upstreams; without them the public ones count */
  upstream?: { samples: Sample[]; snapshotAt?: string };
  /** folder of the project */
  project: string;
  /** the local ECS runs */
  hasEcs?: boolean;
}

/** how the product reaches the embedded stack: standard settings only */
export function productEnvironment({
  ports,
  credentials,
  noProxy,
  upstream,
  project,
  hasEcs = false,
}: ProductOptions): Record<string, string> {
  const at = (port: number) => `http://127.0.0.1:${port}`;
  const withoutProxy = withLoopback(noProxy);
  return {
    TEMPORAL_ADDRESS: `127.0.0.1:${ports.temporal}`,
    TEMPORAL_NAMESPACE: 'default',
    AWS_ENDPOINT_URL_S3: at(ports.s3),
    AWS_ENDPOINT_URL_REDSHIFT_DATA: at(ports['redshift-data']),
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    WATERCLOCK_TASK_QUEUE: 'waterclock',
    // Ctrl-C is no deployment: what is left is done again by the next start
    WATERCLOCK_GRACE_SECONDS: '2',
    WATERCLOCK_LAKE_BUCKET: 'waterclock-lake',
    WATERCLOCK_S3_FORCE_PATH_STYLE: 'true',
    WATERCLOCK_REDSHIFT_DATABASE: database,
    WATERCLOCK_REDSHIFT_WORKGROUP: 'local',
    WATERCLOCK_REDSHIFT_HOST: '127.0.0.1',
    WATERCLOCK_REDSHIFT_PORT: String(ports.redshift),
    WATERCLOCK_REDSHIFT_LOADER: warehouseUsers.loader.name,
    WATERCLOCK_REDSHIFT_ADMINISTRATOR_SECRET_ARN: warehouseUsers.administrator.secretArn,
    WATERCLOCK_REDSHIFT_ANALYST_SECRET_ARN: warehouseUsers.analyst.secretArn,
    // dbt's, on the wire
    WATERCLOCK_REDSHIFT_USER: warehouseUsers.transformer.name,
    WATERCLOCK_REDSHIFT_PASSWORD: warehousePassword(credentials, warehouseUsers.transformer),
    WATERCLOCK_COPY_ROLE_ARN: 'arn:aws:iam::000000000000:role/waterclock-copy',
    WATERCLOCK_CATALOG: 'waterclock',
    WATERCLOCK_DBT: tool('dbt'),
    WATERCLOCK_PROJECT: project,
    WATERCLOCK_DBT_TARGET: 'local',
    WATERCLOCK_WEB_UI: at(ports.ui),
    PGHOST: '127.0.0.1',
    PGPORT: String(ports.postgres),
    PGUSER: 'waterclock',
    PGPASSWORD: credentials.postgresPassword,
    PGDATABASE: database,
    NO_PROXY: withoutProxy,
    no_proxy: withoutProxy,
    ...(hasEcs && {
      AWS_ENDPOINT_URL_ECS: at(ports.ecs),
      AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: at(ports.ecs),
      WATERCLOCK_ECS_CLUSTER: 'default',
      WATERCLOCK_ECS_SUBNETS: 'subnet-0',
    }),
    ...(upstream && {
      ...sourceSettings(upstream.samples, at(ports.upstream), at(ports['upstream-s3'])),
      ...(upstream.snapshotAt && { WATERCLOCK_SNAPSHOT_AT: upstream.snapshotAt }),
    }),
  };
}
