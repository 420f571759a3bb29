import { z } from 'zod';

/** made in Secrets Manager before the deployment; the whole ARN, so that a role may read this one and no other */
export const secretArn = z
  .string()
  .regex(/^arn:[\w-]+:secretsmanager:[\w-]+:\d{12}:secret:.+-\w{6}$/, 'must be the whole ARN of a secret');

/** a secret whose whole text is the value, or one field of a secret that holds JSON */
export const givenValue = z.union([secretArn, z.strictObject({ arn: secretArn, field: z.string().min(1) })]);

/** the name of a variable in a container's environment */
export const variableName = z.string().regex(/^[A-Za-z_]\w*$/, 'must be the name of an environment variable');
