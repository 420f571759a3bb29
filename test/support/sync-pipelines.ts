import { z } from 'zod';
import { defineEntity } from '../../define/entity.js';
import { definePipeline } from '../../define/pipeline.js';
import { airbyteSync, secret } from '../../sources/declare.js';

/** a pipeline whose source is a sync, of a server and into a bucket that a test has */
export const syncPipelines = (server: string, bucket: string, endpoint: string, connection: string) => [
  definePipeline({
    name: 'synced',
    description: 'a test',
    schedule: { every: '1 day', start: '2022-11-24T00:00:00Z' },
    source: airbyteSync({
      server,
      connection,
      auth: { clientId: secret('AIRBYTE_ID'), clientSecret: secret('AIRBYTE_SECRET') },
      files: { bucket, prefix: 'landing/', region: 'eu-central-1', endpoint },
      streams: ['orders'],
      poll: '1 second',
    }),
    entities: [
      defineEntity({
        name: 'orders',
        mode: 'append',
        schema: z.object({ id: z.int32().meta({ description: 'id' }) }),
        when: { $stream: 'orders' },
      }),
    ],
  }),
];
