import { z } from 'zod';
import { roles } from '../model/roles.js';

/** what Fargate offers: CPU units, and the memory that goes with them in MiB */
const fargateSizes: Record<number, { least: number; most: number; step: number }> = {
  256: { least: 512, most: 2048, step: 512 },
  512: { least: 1024, most: 4096, step: 1024 },
  1024: { least: 2048, most: 8192, step: 1024 },
  2048: { least: 4096, most: 16_384, step: 1024 },
  4096: { least: 8192, most: 30_720, step: 1024 },
};

const size = z.strictObject({ cpu: z.int(), memory: z.int() }).refine(
  ({ cpu, memory }) => {
    const offered = fargateSizes[cpu];
    const fits = offered && memory >= offered.least && memory <= offered.most;
    return cpu === 256 ? [512, 1024, 2048].includes(memory) : fits && memory % offered.step === 0;
  },
  { error: ({ input }) => `fargate has no task of ${JSON.stringify(input)}: see its table of CPU and memory` },
);

const days = z.int().min(1).max(3650);
const hostname = z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'must be a host name in lower case');
/** made in Secrets Manager before the deployment; the whole ARN, so that a role may read this one and no other */
const secretArn = z
  .string()
  .regex(/^arn:[\w-]+:secretsmanager:[\w-]+:\d{12}:secret:.+-\w{6}$/, 'must be the whole ARN of a secret');

const secretPlace = z
  .string()
  .regex(
    /^arn:[\w-]+:secretsmanager:[\w-]+:\d{12}:secret:[^#]+-\w{6}(#\S+)?$/,
    'must be the whole ARN of a secret, and #key for a member of JSON',
  );

const service = z.strictObject({
  /** kinds of work this service's tasks do */
  roles: z.array(z.enum(roles)).min(1),
  size,
  /** steps at once in each task; slots x tasks is the pool */
  slots: z
    .strictObject({
      ingest: z.int().min(1).optional(),
      warehouse: z.int().min(1).optional(),
      transform: z.int().min(1).optional(),
    })
    .default({}),
  tasks: z.union([
    z.int().min(1),
    /** scaled on backlog and CPU */
    z.strictObject({ min: z.int().min(1), max: z.int() }).refine(({ min, max }) => max > min, 'max must be above min'),
  ]),
});

/** what the load balancer of the Web UI asks who somebody is */
const identity = z.strictObject({
  issuer: z.url(),
  authorizationEndpoint: z.url(),
  tokenEndpoint: z.url(),
  userInfoEndpoint: z.url(),
  /** public keys that sign the tokens the frontend accepts */
  jwks: z.url(),
  /** claim with entries like `waterclock:write` and `temporal-system:read` */
  permissionsClaim: z.string().min(1),
  clientId: z.string().min(1),
  clientSecret: secretArn,
});

const temporal = z.discriminatedUnion('kind', [
  /** one small container, history in a file: for dev */
  z.strictObject({ kind: z.literal('single'), image: z.string(), size }),
  z.strictObject({
    kind: z.literal('self-hosted'),
    version: z.string().regex(/^\d+\.\d+\.\d+$/, 'must be a version like 1.31.0'),
    uiVersion: z.string().regex(/^\d+\.\d+\.\d+$/, 'must be a version like 2.49.1'),
    tasks: z.strictObject({
      frontend: z.int().min(1),
      internalFrontend: z.int().min(1),
      history: z.int().min(1),
      matching: z.int().min(1),
      worker: z.int().min(1),
    }),
    size,
    database: z.strictObject({ minCapacity: z.number().min(0.5), maxCapacity: z.number().min(1) }),
    hostnames: z.strictObject({ frontend: hostname, webUi: hostname }),
    zone: z.strictObject({ id: z.string().regex(/^Z[A-Z0-9]+$/), name: hostname }),
    identity,
    /** token of the workers, signed by the same identity provider */
    workerToken: secretArn,
  }),
  z.strictObject({
    kind: z.literal('cloud'),
    address: z.string().regex(/^[^:]+:\d+$/, 'must be host:port'),
    namespace: z.string().regex(/^[^.]+\.[^.]+$/, 'must be name.account'),
  }),
]);

const environmentSettings = z
  .strictObject({
    name: z.enum(['dev', 'prod']),
    region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a region like eu-central-1'),
    /** the account of the deploying credentials unless named */
    account: z
      .string()
      .regex(/^\d{12}$/, 'must have 12 digits')
      .optional(),
    network: z.strictObject({
      cidr: z.cidrv4(),
      zones: z.array(z.string()).min(2).max(3),
      natGateways: z.int().min(1).max(3),
      interfaceEndpoints: z.boolean(),
    }),
    lake: z.strictObject({
      /** buckets that definitions name for their raw objects */
      rawBuckets: z.array(z.string()).default([]),
      stageDays: days,
      rejectedDays: days,
      supersededDays: days,
      logDays: days,
    }),
    warehouse: z.strictObject({
      database: z.string().regex(/^[a-z][a-z0-9_]*$/),
      baseCapacity: z.int().min(4).max(512),
      maxCapacity: z.int().min(4).max(512),
      /** above it no query runs until the next day (`deactivate`) or it is only told (`log`, `emit-metric`) */
      usageLimit: z.strictObject({
        rpuHoursPerDay: z.int().min(1),
        breach: z.enum(['log', 'emit-metric', 'deactivate']),
      }),
      snapshotDays: days,
    }),
    temporal,
    workers: z.strictObject({
      services: z.record(z.string().regex(/^[a-z]+$/), service),
      /** further settings of theirs, by variable: the README lists them. Not for secrets */
      settings: z.record(z.string().regex(/^WATERCLOCK_[A-Z0-9_]+$/), z.string()).default({}),
      /** places of the secrets of sources, by the name that definitions use: a whole ARN, and `#key` for a member of JSON */
      secrets: z.record(z.string().regex(/^[A-Za-z_]\w*$/), secretPlace).default({}),
      /** buckets of others that pipelines read */
      sourceBuckets: z.array(z.string()).default([]),
      logDays: z.union([z.literal(7), z.literal(14), z.literal(30), z.literal(90), z.literal(365)]),
    }),
    alarms: z.strictObject({
      email: z.email().optional(),
      /** tasks that wait, for ten minutes */
      backlog: z.int().min(1),
      queuedQueries: z.int().min(1),
      failedQueries: z.int().min(1),
    }),
    delivery: z.strictObject({
      /** owner/name on GitHub */
      repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/, 'must be owner/name'),
      branch: z.string().default('main'),
      /** an account has one provider for GitHub: name it where another stack has made it */
      oidcProviderArn: z.string().startsWith('arn:').optional(),
    }),
  })
  .check(({ value, issues }) => {
    const wrong = (path: string[], message: string) => issues.push({ code: 'custom', path, message, input: value });
    const foreign = value.network.zones.filter((zone) => !zone.startsWith(value.region));
    if (foreign.length > 0) wrong(['network', 'zones'], `${foreign.join(', ')} is not in ${value.region}`);
    if (value.network.natGateways > value.network.zones.length) {
      wrong(['network', 'natGateways'], `at most one a zone, got ${value.network.natGateways}`);
    }
    if (value.warehouse.maxCapacity < value.warehouse.baseCapacity) {
      wrong(['warehouse', 'maxCapacity'], `must be at least baseCapacity, got ${value.warehouse.maxCapacity}`);
    }
    const served = Object.values(value.workers.services).flatMap((one) => one.roles);
    for (const role of roles) {
      const times = served.filter((other) => other === role).length;
      if (times !== 1) wrong(['workers', 'services'], `one service must have the role ${role}, got ${times}`);
    }
    for (const [name, { roles, tasks }] of Object.entries(value.workers.services)) {
      const isPool = roles.includes('warehouse') || roles.includes('transform');
      if (isPool && typeof tasks !== 'number') {
        wrong(['workers', 'services', name, 'tasks'], 'must be a number: slots x tasks is the pool of the warehouse');
      }
    }
  });

export type EnvironmentSettings = z.infer<typeof environmentSettings>;
export type EnvironmentInput = z.input<typeof environmentSettings>;

/** checks one environment; throws one Error that lists every problem */
export function readEnvironment(input: unknown): EnvironmentSettings {
  const read = environmentSettings.safeParse(input);
  if (read.success) return read.data;
  const problems = read.error.issues.map(({ path, message }) => `${path.join('.') || 'environment'}: ${message}`);
  throw new Error(`settings of the environment: ${problems.join('; ')}`);
}
