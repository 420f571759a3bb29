import { roles } from 'waterclock/facts';
import { z } from 'zod';
import { fargateSize } from './fargate-size.js';
import { givenValue, variableName } from './given-value.js';

const slots = z.int().min(1).optional();

const service = z.strictObject({
  /** kinds of work this service's tasks do */
  roles: z.array(z.enum(roles)).min(1),
  /** of each task */
  size: fargateSize,
  /** steps at once in each task; slots x tasks is the pool */
  slots: z.strictObject({ ingest: slots, warehouse: slots, transform: slots }).default({}),
  tasks: z.union([
    z.int().min(1),
    /** scaled on backlog and CPU */
    z.strictObject({ min: z.int().min(1), max: z.int() }).refine(({ min, max }) => max > min, 'max must be above min'),
  ]),
});

export const workers = z.strictObject({
  /** services of the image, by name: each role belongs to one of them */
  services: z.record(z.string().regex(/^[a-z]+$/), service),
  /**
   * further variables of every task, in plain text: settings of Waterclock (docs list them), `WATERCLOCK_SOURCE_<PIPELINE>`
   * for another address of a source, what your own sources and dbt models read
   */
  settings: z.record(variableName, z.string()).default({}),
  /** values of the secrets that sources name, as in `{ SHOP_TOKEN: 'arn:aws:secretsmanager:...' }`: for tasks with the role ingest */
  secrets: z.record(variableName, givenValue).default({}),
  /** buckets that others own and pipelines read: sources that are not anonymous, and markers that runs wait for */
  sourceBuckets: z.array(z.string()).default([]),
  /** days that logs are kept */
  logDays: z.union([z.literal(7), z.literal(14), z.literal(30), z.literal(90), z.literal(365)]),
});

/** channels of the alerts that definitions name, beside `log` and `sns`, which are always there */
export const alerts = z.strictObject({
  /** address of a Slack webhook */
  slack: givenValue.optional(),
  /** address of a webhook that takes alerts as JSON */
  webhook: givenValue.optional(),
  /** by SES, which must have verified the sender or its domain in this account and region */
  email: z.strictObject({ from: z.email(), to: z.array(z.email()).min(1) }).optional(),
});
