import { roles } from 'waterclock/facts';
import { z } from 'zod';
import { fargateSize } from './fargate-size.js';
import { givenValue, variableName } from './given-value.js';

/** region, account and name of a queue */
export const queueAddress = /^https:\/\/sqs\.([a-z0-9-]+)\.amazonaws\.com\/(\d{12})\/([\w-]+(?:\.fifo)?)$/;

const slots = z.int().min(1).optional();

const service = z.strictObject({
  roles: z.array(z.enum(roles)).min(1),
  size: fargateSize,
  slots: z.strictObject({ ingest: slots, warehouse: slots, transform: slots }).default({}),
  tasks: z.union([
    z.int().min(1),
    z.strictObject({ min: z.int().min(1), max: z.int() }).refine(({ min, max }) => max > min, 'max must be above min'),
    z.strictObject({ onDemand: z.int().min(1) }),
  ]),
});

export const workers = z.strictObject({
  services: z.record(z.string().regex(/^[a-z]+$/), service),
  settings: z.record(variableName, z.string()).default({}),
  secrets: z.record(variableName, givenValue).default({}),
  sourceBuckets: z.array(z.string()).default([]),
  sourceQueues: z
    .array(z.string().regex(queueAddress, 'must be like https://sqs.eu-central-1.amazonaws.com/111122223333/orders'))
    .default([]),
  sourceRoles: z.array(z.string().regex(/^arn:[\w-]+:iam::\d{12}:role\/.+$/, 'must be the ARN of a role')).default([]),
  taskRoles: z.array(z.string().regex(/^arn:[\w-]+:iam::\d{12}:role\/.+$/, 'must be the ARN of a role')).default([]),
  taskLogGroups: z.array(z.string().min(1)).default([]),
  detailedMetrics: z.boolean().default(true),
  spot: z.boolean().default(false),
  logDays: z.union([z.literal(7), z.literal(14), z.literal(30), z.literal(90), z.literal(365)]),
});

/** channels of the alerts that definitions name, beside `log` and `sns`, which are always there */
export const alerts = z.strictObject({
  slack: givenValue.optional(),
  webhook: givenValue.optional(),
  email: z.strictObject({ from: z.email(), to: z.array(z.email()).min(1) }).optional(),
});
