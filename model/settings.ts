import { readRawBuckets, type RawBuckets } from './raw-buckets.js';
import { roles, type Role } from './roles.js';
import { pipelineOfVariable } from './source-variable.js';
import { taskSettings, type TaskSettings } from './task-settings.js';

/** everything the service takes from its environment; AWS_* and TEMPORAL_* stay with their own SDKs */
export interface Settings {
  taskQueue: string;
  /** whose versions the workers are; without one they have no version */
  deployment?: string;
  lakeBucket: string;
  /** buckets of this deployment in place of the `rawBucket` of definitions */
  rawBuckets?: RawBuckets;
  /** addressing `endpoint/bucket` instead of `bucket.endpoint`, for S3-compatible servers */
  s3ForcePathStyle: boolean;
  /** files that a later run has replaced are tagged for a lifecycle rule */
  tagSuperseded: boolean;
  redshift: {
    database: string;
    workgroup?: string;
    cluster?: string;
    dbUser?: string;
    secretArn?: string;
    /** who sets up and who reads, where they are others than who loads */
    as?: Partial<Record<OtherUser, DatabaseUser>>;
    /** the database user that loads, which owns the external schema */
    loader?: string;
    copyRoleArn: string;
    /** the database takes texts of 16,000,000 bytes within SUPER (`enable_large_strings_opt_in`) */
    largeStrings?: boolean;
    /** Glue database of the external tables; none are made when absent */
    catalog?: string;
  };
  dbt: {
    command: string;
    projectDir: string;
    target: string;
    /** nodes that one build works on at once */
    threads: number;
    /** builds of one target at once, of selections that have nothing to do with each other */
    sideBySide: number;
  };
  /** milliseconds */
  heartbeatTimeout: number;
  /** addresses that replace the ones in definitions, by pipeline */
  sources: Record<string, string>;
  /** bytes that one answer or object of a source may have, and the least that it gives a second */
  sourceLimits: { bytes: number; bytesPerSecond: number };
  tasks: TaskSettings;
  /** ISO time that snapshot sources show, when it is not now (samples, archived copies) */
  snapshotAt?: string;
  webUi?: string;
  alerts: AlertSettings;
  worker: {
    roles: Role[];
    /** version of the deployment that the worker is */
    buildId?: string;
    /** where a worker notes that it runs and polls, for its container's health check */
    healthFile?: string;
    /** host:port where a worker serves its metrics to Prometheus */
    metricsAddress?: string;
    /** milliseconds that steps under way are given once the worker is asked to end */
    grace: number;
    /** steps of a role that run at once in one worker */
    slots: {
      /** at most; fewer while more than these shares of memory and CPU are in use */
      ingest: { most: number; memory: number; cpu: number };
      warehouse: number;
      transform: number;
    };
  };
}

/** a user of the warehouse, by its name or by the secret that names it */
interface DatabaseUser {
  dbUser?: string;
  secretArn?: string;
}

const otherUsers = ['administrator', 'analyst'] as const;
export type OtherUser = (typeof otherUsers)[number];

/** addresses of the channels of alerts; those of webhooks are secrets */
export interface AlertSettings {
  webhook?: string;
  slack?: string;
  snsTopic?: string;
  emailFrom?: string;
  emailTo?: string[];
}

type Environment = Record<string, string | undefined>;

/** reads and checks the environment; throws one Error that lists every problem. `dbtProject`: where none is named */
export function readSettings(environment: Environment, dbtProject = 'dbt'): Settings {
  const problems: string[] = [];
  const optional = (name: string) => environment[name]?.trim() || undefined;
  const required = (name: string, example: string) => {
    const value = optional(name);
    if (!value) problems.push(`${name} is not set, for example ${name}=${example}`);
    return value ?? '';
  };
  const flag = (name: string) => {
    const value = optional(name) ?? 'false';
    if (value !== 'true' && value !== 'false') problems.push(`${name} must be true or false, got ${value}`);
    return value === 'true';
  };
  const number = (name: string, fallback: number, what: string, fits: (value: number) => boolean) => {
    const value = Number(optional(name) ?? fallback);
    if (!fits(value)) problems.push(`${name} must be ${what}, got ${environment[name]}`);
    return value;
  };
  const seconds = (name: string, fallback: number) =>
    number(name, fallback, 'a number of seconds above 0', (value) => value > 0);
  const slots = (name: string, fallback: number) =>
    number(name, fallback, 'a whole number above 0', (value) => Number.isInteger(value) && value > 0);
  const share = (name: string, fallback: number) =>
    number(name, fallback, 'a share above 0 and up to 1', (value) => value > 0 && value <= 1);
  const time = (name: string) => {
    const value = optional(name);
    if (value && Number.isNaN(Date.parse(value))) problems.push(`${name} must be an ISO time, got ${value}`);
    return value;
  };

  const address = (name: string) => {
    const value = optional(name);
    if (value && !/^\S+:\d+$/.test(value)) problems.push(`${name} must be host:port, got ${value}`);
    return value;
  };
  const list = <T extends string>(name: string, known: readonly T[]): T[] => {
    const words = (optional(name) ?? known.join(',')).split(',').map((word) => word.trim());
    const unknown = words.filter((word) => !known.some((each) => each === word));
    if (unknown.length > 0) problems.push(`${name} must be of ${known.join(', ')}, got ${unknown.join(', ')}`);
    return known.filter((each) => words.includes(each));
  };

  const workgroup = optional('WATERCLOCK_REDSHIFT_WORKGROUP');
  const cluster = optional('WATERCLOCK_REDSHIFT_CLUSTER');
  if (Boolean(workgroup) === Boolean(cluster)) {
    problems.push('set one of WATERCLOCK_REDSHIFT_WORKGROUP and WATERCLOCK_REDSHIFT_CLUSTER');
  }
  const dbUser = optional('WATERCLOCK_REDSHIFT_DB_USER');
  const secretArn = optional('WATERCLOCK_REDSHIFT_SECRET_ARN');
  const loader = optional('WATERCLOCK_REDSHIFT_LOADER');
  const others = otherUsers.flatMap((name): [OtherUser, DatabaseUser][] => {
    const named = optional(`WATERCLOCK_REDSHIFT_${name.toUpperCase()}_DB_USER`);
    const secret = optional(`WATERCLOCK_REDSHIFT_${name.toUpperCase()}_SECRET_ARN`);
    return named || secret ? [[name, { ...(named && { dbUser: named }), ...(secret && { secretArn: secret }) }]] : [];
  });
  const catalog = optional('WATERCLOCK_CATALOG');
  const snapshotAt = time('WATERCLOCK_SNAPSHOT_AT');
  const webUi = optional('WATERCLOCK_WEB_UI');
  const healthFile = optional('WATERCLOCK_HEALTH_FILE');
  const metricsAddress = address('WATERCLOCK_METRICS_ADDRESS');

  const deployment = optional('WATERCLOCK_DEPLOYMENT');
  const buildId = optional('WATERCLOCK_BUILD_ID');
  if (buildId && !deployment) {
    problems.push(`WATERCLOCK_BUILD_ID is ${buildId} and WATERCLOCK_DEPLOYMENT is not set: name both or neither`);
  }

  const settings: Settings = {
    taskQueue: optional('WATERCLOCK_TASK_QUEUE') ?? 'waterclock',
    ...(deployment && { deployment }),
    lakeBucket: required('WATERCLOCK_LAKE_BUCKET', 'waterclock-lake'),
    rawBuckets: readRawBuckets(optional('WATERCLOCK_RAW_BUCKETS'), problems),
    s3ForcePathStyle: flag('WATERCLOCK_S3_FORCE_PATH_STYLE'),
    tagSuperseded: flag('WATERCLOCK_TAG_SUPERSEDED'),
    redshift: {
      database: required('WATERCLOCK_REDSHIFT_DATABASE', 'warehouse'),
      ...(workgroup && { workgroup }),
      ...(cluster && { cluster }),
      ...(dbUser && { dbUser }),
      ...(secretArn && { secretArn }),
      ...(others.length > 0 && { as: Object.fromEntries(others) }),
      ...(loader && { loader }),
      ...(catalog && { catalog }),
      ...(flag('WATERCLOCK_REDSHIFT_LARGE_STRINGS') && { largeStrings: true }),
      copyRoleArn: required('WATERCLOCK_COPY_ROLE_ARN', 'arn:aws:iam::123456789012:role/waterclock-copy'),
    },
    dbt: {
      command: optional('WATERCLOCK_DBT') ?? 'dbt',
      projectDir: optional('WATERCLOCK_DBT_PROJECT_DIR') ?? dbtProject,
      target: optional('WATERCLOCK_DBT_TARGET') ?? 'dev',
      threads: slots('WATERCLOCK_DBT_THREADS', 4),
      sideBySide: slots('WATERCLOCK_DBT_BUILDS', 2),
    },
    heartbeatTimeout: seconds('WATERCLOCK_HEARTBEAT_TIMEOUT_SECONDS', 10) * 1000,
    sources: sourceAddresses(environment),
    sourceLimits: {
      bytes: slots('WATERCLOCK_SOURCE_MOST_BYTES', 20 * 1024 ** 3),
      bytesPerSecond: slots('WATERCLOCK_SOURCE_LEAST_BYTES_PER_SECOND', 128),
    },
    tasks: taskSettings({ optional, flag, problems }),
    ...(snapshotAt && { snapshotAt }),
    ...(webUi && { webUi }),
    alerts: alertSettings(optional),
    worker: {
      roles: list('WATERCLOCK_ROLES', roles),
      ...(buildId && { buildId }),
      ...(healthFile && { healthFile }),
      ...(metricsAddress && { metricsAddress }),
      grace: seconds('WATERCLOCK_GRACE_SECONDS', 100) * 1000,
      slots: {
        ingest: {
          most: slots('WATERCLOCK_INGEST_SLOTS', 100),
          memory: share('WATERCLOCK_INGEST_MEMORY', 0.8),
          cpu: share('WATERCLOCK_INGEST_CPU', 0.9),
        },
        warehouse: slots('WATERCLOCK_WAREHOUSE_SLOTS', 8),
        transform: slots('WATERCLOCK_TRANSFORM_SLOTS', 2),
      },
    },
  };
  if (problems.length > 0) throw new Error(`settings: ${problems.join('; ')}`);
  return settings;
}

function alertSettings(optional: (name: string) => string | undefined): AlertSettings {
  const webhook = optional('WATERCLOCK_ALERT_WEBHOOK_URL');
  const slack = optional('WATERCLOCK_ALERT_SLACK_URL');
  const snsTopic = optional('WATERCLOCK_ALERT_SNS_TOPIC_ARN');
  const emailFrom = optional('WATERCLOCK_ALERT_EMAIL_FROM');
  const emailTo = optional('WATERCLOCK_ALERT_EMAIL_TO')?.split(/[\s,]+/);
  return {
    ...(webhook && { webhook }),
    ...(slack && { slack }),
    ...(snsTopic && { snsTopic }),
    ...(emailFrom && { emailFrom }),
    ...(emailTo && { emailTo }),
  };
}

/** WATERCLOCK_SOURCE_<PIPELINE>=<url> */
function sourceAddresses(environment: Environment): Record<string, string> {
  const found = Object.entries(environment).flatMap(([name, value]) => {
    const pipeline = pipelineOfVariable(name);
    return pipeline !== undefined && value ? [[pipeline, value] as const] : [];
  });
  return Object.fromEntries(found);
}
