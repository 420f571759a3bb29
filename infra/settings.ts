import { roles } from 'waterclock/facts';
import { z } from 'zod';
import { days, lake } from './settings/lake.js';
import { temporal } from './settings/temporal.js';
import { alerts, workers } from './settings/workers.js';

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
      /** of the whole VPC, as in `10.20.0.0/16` */
      cidr: z.cidrv4(),
      /** availability zones of the region */
      zones: z.array(z.string()).min(2).max(3),
      /** one for all zones, or one a zone, so that a zone can fail */
      natGateways: z.int().min(1).max(3),
      /** keeps calls of AWS services inside the VPC; each endpoint costs by the hour and zone */
      interfaceEndpoints: z.boolean(),
    }),
    lake,
    warehouse: z.strictObject({
      database: z.string().regex(/^[a-z][a-z0-9_]*$/),
      /** RPU of Redshift Serverless */
      baseCapacity: z.int().min(4).max(512),
      /** RPU that it may grow to */
      maxCapacity: z.int().min(4).max(512),
      /** above it no query runs until the next day (`deactivate`), or it is only said (`log`, `emit-metric`) */
      usageLimit: z.strictObject({
        rpuHoursPerDay: z.int().min(1),
        breach: z.enum(['log', 'emit-metric', 'deactivate']),
      }),
      /** days that a daily snapshot is kept */
      snapshotDays: days,
    }),
    temporal,
    workers,
    alerts: alerts.default({}),
    alarms: z.strictObject({
      /** who gets the topic of alarms and of the alerts that go to `sns`; confirms by the first mail */
      email: z.email().optional(),
      /** tasks that wait, for ten minutes */
      backlog: z.int().min(1),
      /** statements that wait in Redshift */
      queuedQueries: z.int().min(1),
      /** statements that failed in Redshift, within five minutes */
      failedQueries: z.int().min(1),
    }),
    delivery: z.strictObject({
      /** owner/name on GitHub */
      repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/, 'must be owner/name'),
      /** whose pushes make images */
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
/** settings of one way to have Temporal */
export type TemporalSettings<Kind> = Extract<EnvironmentSettings['temporal'], { kind: Kind }>;

/** one environment of a project on AWS; throws one Error that lists every problem */
export function defineEnvironment(input: EnvironmentInput): EnvironmentSettings {
  const read = environmentSettings.safeParse(input);
  if (read.success) return read.data;
  const problems = read.error.issues.map(({ path, message }) => `${path.join('.') || 'environment'}: ${message}`);
  throw new Error(`settings of the environment ${input.name}: ${problems.join('; ')}`);
}
