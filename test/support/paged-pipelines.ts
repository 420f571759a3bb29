import { z } from 'zod';
import { defineEntity } from '../../define/entity.js';
import { definePipeline, type Pipeline } from '../../define/pipeline.js';
import { ordersOf } from '../../bench/dlt/orders.js';

/** a paged API behind OAuth2; each row that is loaded twice shows, since nothing merges them */
export function pagedPipelines(api: string): Pipeline[] {
  const orders = defineEntity({
    name: 'orders',
    mode: 'append',
    schema: z.object({ id: z.int32(), note: z.string().meta({ bytes: 64 }) }),
  });
  return [
    definePipeline({
      name: 'shop',
      description: 'a hostile API',
      schedule: { every: '1 hour' },
      // each death of a worker is an attempt
      retries: { extract: { attempts: 200, initial: '1 second', maximum: '2 seconds' } },
      source: ordersOf(api),
      entities: [orders],
    }),
  ];
}
