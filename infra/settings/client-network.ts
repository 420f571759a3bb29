import { z } from 'zod';

/** who else may connect to the warehouse, and by which way out of the VPC */
export const clientNetwork = z
  .strictObject({
    cidr: z.cidrv4().refine((cidr) => !cidr.endsWith('/0'), 'must not be everything: name the networks of people'),
    peering: z
      .string()
      .regex(/^pcx-\w+$/, 'must be the id of a peering, as in pcx-0a1b2c')
      .optional(),
    transitGateway: z
      .string()
      .regex(/^tgw-\w+$/, 'must be the id of a transit gateway, as in tgw-0a1b2c')
      .optional(),
  })
  .refine(({ peering, transitGateway }) => (peering === undefined) !== (transitGateway === undefined), {
    error: 'needs either peering or transitGateway: the way to it',
  });
