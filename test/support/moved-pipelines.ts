import { z } from 'zod';
import { defineEntity } from '../../define/entity.js';
import { definePipeline } from '../../define/pipeline.js';
import { airbyteSyncTask, secret } from '../../sources/declare.js';
import { task } from '../../tasks/declare.js';

/** what Airflow did in three tasks, for each connection by name: a sync that lands files, an etl.py on ECS, dbt */
export const movedPipelines = (server: string, gates: string, connections: Record<string, string>) =>
  Object.entries(connections).map(([name, connection]) =>
    definePipeline({
      name,
      description: 'a test',
      schedule: { every: '1 day', start: '2022-11-24T00:00:00Z' },
      tasks: {
        before: [
          airbyteSyncTask({
            name: 'sync',
            server,
            connection,
            auth: { clientId: secret('AIRBYTE_ID'), clientSecret: secret('AIRBYTE_SECRET') },
            poll: '1 second',
          }),
        ],
      },
      source: task({
        taskDefinition: 'etl',
        command: ['python', 'etl.py'],
        environment: { LANDING: `landing/${name}/`, GATES: gates },
        snapshot: true,
      }),
      entities: [
        defineEntity({
          name: 'orders',
          description: 'orders',
          mode: 'replace',
          key: ['order_id'],
          schema: z.object({
            id: z.int32().meta({ column: 'order_id', description: 'id' }),
            country: z.string().meta({ bytes: 2, description: 'of who ordered' }),
            cents: z.int32().meta({ description: 'amount' }),
          }),
        }),
      ],
      dbt: { select: `tag:${name}` },
    }),
  );
