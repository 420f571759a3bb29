import type { Role } from 'waterclock/facts';

// written out beside the schema, which the compiler holds it to: a compiled package keeps comments of interfaces only

/** the whole ARN of a secret of Secrets Manager, or one field of a secret that holds JSON; made before the deployment */
export type GivenValue = string | { arn: string; field: string };

/** of one Fargate task */
interface TaskSize {
  /** units: 1024 are one CPU */
  cpu: number;
  /** MiB */
  memory: number;
}

/** one environment of a project on AWS */
export interface EnvironmentInput {
  /** as in `dev`: part of every name that is made, never to be changed */
  name: string;
  /** stacks are protected against deletion, and data engineers only read the warehouse; true for `prod` when absent */
  production?: boolean | undefined;
  /** as in `eu-central-1` */
  region: string;
  /** 12 digits; the account of the deploying credentials when absent */
  account?: string | undefined;
  network: NetworkInput;
  lake: LakeInput;
  warehouse: WarehouseInput;
  temporal: SingleTemporal | SelfHostedTemporal | CloudTemporal;
  workers: WorkersInput;
  alerts?: AlertsInput | undefined;
  alarms: AlarmsInput;
  delivery: DeliveryInput;
}

interface NetworkInput {
  /** of the whole VPC, as in `10.20.0.0/16` */
  cidr: string;
  /** three availability zones of the region, which Redshift Serverless asks for */
  zones: string[];
  /**
   * one for all zones, or one a zone, so that a zone can fail; with 0 each task has a public address of its own, which
   * takes no connection from outside
   */
  natGateways: number;
  /** networks of people and BI tools that may connect to the warehouse on 5439, as in `[{ cidr: '10.8.0.0/16', peering: 'pcx-...' }]` */
  clients?: ClientNetwork[] | undefined;
  /** keeps calls of AWS services inside the VPC; each endpoint costs by the hour and zone */
  interfaceEndpoints: boolean;
}

/** a network beside the VPC, reached by a peering or a transit gateway that somebody has made and accepted */
interface ClientNetwork {
  cidr: string;
  /** id of a VPC peering */
  peering?: string | undefined;
  /** id of a transit gateway that the VPC is attached to */
  transitGateway?: string | undefined;
}

interface LakeInput {
  /**
   * buckets that are made for the raw objects of pipelines with a `rawBucket`: a list of their names, or by the name in
   * definitions, as in `{ 'shop-files': 'acme-dev-shop-files' }`. A bucket has one name in the whole world
   */
  rawBuckets?: string[] | Record<string, string> | undefined;
  /** days until objects that steps hand on are deleted */
  stageDays: number;
  /** days until rejected records are deleted */
  rejectedDays: number;
  /** days until files that a later run has replaced are deleted */
  supersededDays: number;
  /** days until access logs are deleted */
  logDays: number;
}

interface WarehouseInput {
  /** lower snake_case */
  database: string;
  /** RPU of Redshift Serverless: 4, or a multiple of 8. Not every region has 4 */
  baseCapacity: number;
  /** RPU that it may grow to */
  maxCapacity: number;
  usageLimit: {
    rpuHoursPerDay: number;
    /** above it no query runs until the next day (`deactivate`), or it is only said (`log`, `emit-metric`) */
    breach: 'log' | 'emit-metric' | 'deactivate';
  };
  /** days that a daily snapshot is kept */
  snapshotDays: number;
}

/** one small container, history in a file: for dev */
interface SingleTemporal {
  kind: 'single';
  /** with its version, as in `temporalio/temporal:1.7.0` */
  image: string;
  size: TaskSize;
}

/** services of your own over Aurora */
interface SelfHostedTemporal {
  kind: 'self-hosted';
  /** of the server, as in `1.31.0` */
  version: string;
  /** of the Web UI, as in `2.49.1` */
  uiVersion: string;
  /** of each service */
  tasks: { frontend: number; internalFrontend: number; history: number; matching: number; worker: number };
  /** of each task */
  size: TaskSize;
  /** of Aurora Serverless, in capacity units of 2 GiB */
  database: { minCapacity: number; maxCapacity: number };
  /** within the zone */
  hostnames: { frontend: string; webUi: string };
  /** a hosted zone of Route 53 that you have */
  zone: { id: string; name: string };
  identity: IdentityInput;
  /** ARN of the secret with the workers' token, signed by the same identity provider */
  workerToken: string;
}

/** Temporal Cloud */
interface CloudTemporal {
  kind: 'cloud';
  /** `host:port` */
  address: string;
  /** `name.account` */
  namespace: string;
}

/** what the load balancer of the Web UI asks who somebody is */
interface IdentityInput {
  issuer: string;
  authorizationEndpoint: string;
  tokenEndpoint: string;
  userInfoEndpoint: string;
  /** address of the public keys that sign the tokens the frontend accepts */
  jwks: string;
  /** claim with entries like `waterclock:write` and `temporal-system:read` */
  permissionsClaim: string;
  /** `aud` that a token must have; without it the frontend takes those that the same keys sign for other services */
  audience?: string | undefined;
  clientId: string;
  /** ARN of a secret */
  clientSecret: string;
}

interface WorkersInput {
  /** services of the image, by name: each role belongs to one of them */
  services: Record<string, ServiceInput>;
  /**
   * further variables of every task, in plain text: settings of Waterclock (its README lists them),
   * `WATERCLOCK_SOURCE_<PIPELINE>` for another address of a source, what your own sources and dbt models read
   */
  settings?: Record<string, string> | undefined;
  /** values of the secrets that sources name, as in `{ SHOP_TOKEN: 'arn:aws:secretsmanager:...' }`; only tasks with the role ingest get them */
  secrets?: Record<string, GivenValue> | undefined;
  /** buckets that others own and pipelines read: sources that are not anonymous, and markers that runs wait for */
  sourceBuckets?: string[] | undefined;
  /** addresses of the SQS queues whose messages name objects (`timeFrom: { events }`), as definitions have them */
  sourceQueues?: string[] | undefined;
  /** ARNs of the roles that sources assume (`role` of `s3Objects`), whose owners trust the account of the environment */
  sourceRoles?: string[] | undefined;
  /** ARNs of the roles of task definitions that tasks name by `taskDefinition`: who starts a task hands them over */
  taskRoles?: string[] | undefined;
  /** log groups of those task definitions */
  taskLogGroups?: string[] | undefined;
  /** metrics of each pipeline, entity and step, and of containers; true when absent. Each costs by the month */
  detailedMetrics?: boolean | undefined;
  /** tasks on what Fargate has to spare, about 70 % cheaper: AWS takes them back with two minutes' notice, or has none */
  spot?: boolean | undefined;
  /** days that logs are kept */
  logDays: 7 | 14 | 30 | 90 | 365;
}

interface ServiceInput {
  /** kinds of work that its tasks do */
  roles: Role[];
  /** of each task */
  size: TaskSize;
  /** steps at once in each task; slots x tasks is the pool */
  slots?: { ingest?: number | undefined; warehouse?: number | undefined; transform?: number | undefined } | undefined;
  /**
   * a number; a range that scales on backlog and CPU, not for the roles warehouse and transform; or so many while
   * something runs or is due, and none otherwise
   */
  tasks: number | { min: number; max: number } | { onDemand: number };
}

/** channels of the alerts that definitions name, beside `log` and `sns`, which are always there */
interface AlertsInput {
  /** address of a Slack webhook */
  slack?: GivenValue | undefined;
  /** address of a webhook that takes alerts as JSON */
  webhook?: GivenValue | undefined;
  /** by SES, which must have verified the sender or its domain in this account and region */
  email?: { from: string; to: string[] } | undefined;
}

interface AlarmsInput {
  /** who gets the topic of alarms and of the alerts that go to `sns`; confirms by the first mail */
  email?: string | undefined;
  /** tasks that wait, for ten minutes */
  backlog: number;
  /** statements that wait in Redshift */
  queuedQueries: number;
  /** statements that failed in Redshift, within five minutes */
  failedQueries: number;
}

interface DeliveryInput {
  /** owner/name on GitHub */
  repository: string;
  /** whose pushes make images; `main` when absent */
  branch?: string | undefined;
  /** an account has one provider for GitHub: name it where another stack has made it */
  oidcProviderArn?: string | undefined;
  /** a role for pull requests that may show differences; true for `dev` when absent */
  pullRequests?: boolean | undefined;
}
