import { roles } from 'waterclock/facts';
import { z } from 'zod';
import type { EnvironmentInput } from './settings/input.js';
import { clientNetwork } from './settings/client-network.js';
import { days, lake } from './settings/lake.js';
import { temporal } from './settings/temporal.js';
import { alerts, workers } from './settings/workers.js';

/** what each field means is in settings/input.ts */
const environmentSettings = z
  .strictObject({
    // part of names of Redshift, Glue and DNS
    name: z.string().regex(/^[a-z][a-z0-9]{1,14}$/, 'must be a name like dev: 2 to 15 of a-z and 0-9'),
    production: z.boolean().optional(),
    region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a region like eu-central-1'),
    account: z
      .string()
      .regex(/^\d{12}$/, 'must have 12 digits')
      .optional(),
    network: z.strictObject({
      cidr: z.cidrv4(),
      // what Redshift Serverless takes: https://docs.aws.amazon.com/redshift/latest/mgmt/serverless-usage-considerations.html
      zones: z
        .array(z.string())
        .refine(
          (zones) => zones.length === 3 && new Set(zones).size === 3,
          'must be three different zones: Redshift Serverless takes subnets of three',
        ),
      natGateways: z.int().min(0).max(3),
      interfaceEndpoints: z.boolean(),
      clients: z.array(clientNetwork).default([]),
    }),
    lake,
    warehouse: z.strictObject({
      database: z.string().regex(/^[a-z][a-z0-9_]*$/),
      // https://docs.aws.amazon.com/redshift/latest/mgmt/serverless-capacity.html
      baseCapacity: z
        .int()
        .max(512)
        .refine((capacity) => capacity === 4 || (capacity >= 8 && capacity % 8 === 0), 'must be 4 or a multiple of 8'),
      maxCapacity: z.int().min(4).max(512),
      usageLimit: z.strictObject({
        rpuHoursPerDay: z.int().min(1),
        breach: z.enum(['log', 'emit-metric', 'deactivate']),
      }),
      snapshotDays: days,
    }),
    temporal,
    workers,
    alerts: alerts.default({}),
    alarms: z.strictObject({
      email: z.email().optional(),
      backlog: z.int().min(1),
      queuedQueries: z.int().min(1),
      failedQueries: z.int().min(1),
    }),
    delivery: z.strictObject({
      repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/, 'must be owner/name'),
      branch: z.string().default('main'),
      oidcProviderArn: z.string().startsWith('arn:').optional(),
      pullRequests: z.boolean().optional(),
    }),
  })
  .check(({ value, issues }) => {
    const wrong = (path: string[], message: string) => issues.push({ code: 'custom', path, message, input: value });
    const foreign = value.network.zones.filter((zone) => !zone.startsWith(value.region));
    if (foreign.length > 0) wrong(['network', 'zones'], `${foreign.join(', ')} is not in ${value.region}`);
    if (value.warehouse.maxCapacity < value.warehouse.baseCapacity) {
      wrong(['warehouse', 'maxCapacity'], `must be at least baseCapacity, got ${value.warehouse.maxCapacity}`);
    }
    const { network, temporal } = value;
    if (network.natGateways === 0 && network.interfaceEndpoints) {
      wrong(
        ['network', 'interfaceEndpoints'],
        'must be false: without NAT gateways tasks reach AWS by their own addresses',
      );
    }
    if (network.natGateways === 0 && temporal.kind === 'self-hosted') {
      wrong(
        ['network', 'natGateways'],
        'must be 1 or more: the services of a Temporal of your own have no public addresses',
      );
    }
    const served = Object.values(value.workers.services).flatMap((one) => one.roles);
    for (const role of roles) {
      const times = served.filter((other) => other === role).length;
      if (times !== 1) wrong(['workers', 'services'], `one service must have the role ${role}, got ${times}`);
    }
    for (const [name, { roles, tasks }] of Object.entries(value.workers.services)) {
      const isPool = roles.includes('warehouse') || roles.includes('transform');
      if (isPool && typeof tasks !== 'number' && 'min' in tasks) {
        wrong(
          ['workers', 'services', name, 'tasks'],
          'must be a number, or { onDemand: a number }: slots x tasks is the pool of the warehouse',
        );
      }
    }
  });

export type EnvironmentSettings = z.infer<typeof environmentSettings>;
/** settings of one way to have Temporal */
export type TemporalSettings<Kind> = Extract<EnvironmentSettings['temporal'], { kind: Kind }>;

/** its stacks are protected, and people only read */
export const isProduction = ({ name, production }: EnvironmentSettings): boolean => production ?? name === 'prod';

/** one environment of a project on AWS; throws one Error that lists every problem */
export function defineEnvironment(input: EnvironmentInput): EnvironmentSettings {
  const given: z.input<typeof environmentSettings> = input;
  const read = (environmentSettings satisfies z.ZodType<EnvironmentSettings, EnvironmentInput>).safeParse(given);
  if (read.success) return read.data;
  const problems = read.error.issues.map(({ path, message }) => `${path.join('.') || 'environment'}: ${message}`);
  throw new Error(`settings of the environment ${input.name}: ${problems.join('; ')}`);
}
