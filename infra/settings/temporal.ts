import { z } from 'zod';
import { fargateSize } from './fargate-size.js';
import { secretArn } from './given-value.js';

const hostname = z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'must be a host name in lower case');

/** what the load balancer of the Web UI asks who somebody is */
const identity = z.strictObject({
  issuer: z.url(),
  authorizationEndpoint: z.url(),
  tokenEndpoint: z.url(),
  userInfoEndpoint: z.url(),
  jwks: z.url(),
  permissionsClaim: z.string().min(1),
  audience: z
    .string()
    .regex(/^[\w.:/-]+$/, 'must be the audience of tokens, as your identity provider writes it')
    .optional(),
  clientId: z.string().min(1),
  clientSecret: secretArn,
});

const size = fargateSize;
const version = (example: string) => z.string().regex(/^\d+\.\d+\.\d+$/, `must be a version like ${example}`);
const tasks = z.int().min(1);

export const temporal = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('single'), image: z.string(), size }),
  z.strictObject({
    kind: z.literal('self-hosted'),
    version: version('1.31.0'),
    uiVersion: version('2.49.1'),
    tasks: z.strictObject({ frontend: tasks, internalFrontend: tasks, history: tasks, matching: tasks, worker: tasks }),
    size,
    database: z.strictObject({ minCapacity: z.number().min(0.5), maxCapacity: z.number().min(1) }),
    hostnames: z.strictObject({ frontend: hostname, webUi: hostname }),
    zone: z.strictObject({ id: z.string().regex(/^Z[A-Z0-9]+$/), name: hostname }),
    identity,
    workerToken: secretArn,
  }),
  z.strictObject({
    kind: z.literal('cloud'),
    address: z.string().regex(/^[^:]+:\d+$/, 'must be host:port'),
    namespace: z.string().regex(/^[^.]+\.[^.]+$/, 'must be name.account'),
  }),
]);
