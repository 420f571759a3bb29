import { defineEntity, definePipeline, httpJson } from 'waterclock';
import { z } from 'zod';

// a row per order, as last changed
const orders = defineEntity({
  name: 'orders',
  description: 'Orders of the shop, as last changed.',
  mode: 'merge',
  key: ['order_id'],
  order: ['changed_at'],
  schema: z.object({
    id: z.string().meta({ bytes: 32, column: 'order_id', description: 'id of the order' }),
    updated_at: z.iso
      .datetime({ offset: true })
      .meta({ column: 'changed_at', description: 'when it last changed, UTC' }),
    status: z.enum(['open', 'paid', 'sent']).meta({ bytes: 16, description: 'open, paid or sent' }),
    customer: z.object({ id: z.string().meta({ bytes: 32, description: 'id of the customer' }) }),
    lines: z.unknown().meta({ column: false }),
  }),
});

// a row per line of an order; lines that an order no longer has go
const orderLines = defineEntity({
  name: 'order_lines',
  description: 'Lines of the orders.',
  mode: 'merge',
  key: ['order_id', 'line'],
  order: ['changed_at'],
  rows: { each: 'lines', with: { order_id: 'id', changed_at: 'updated_at' }, index: 'line', replace: true },
  schema: z.object({
    order_id: z.string().meta({ bytes: 32, description: 'id of the order' }),
    changed_at: z.iso.datetime({ offset: true }).meta({ description: 'when the order last changed, UTC' }),
    line: z.int32().meta({ description: 'place in the order, from 0' }),
    sku: z.string().meta({ bytes: 32, description: 'what was bought' }),
    quantity: z.int32().meta({ description: 'how many' }),
    price: z.number().meta({ decimal: [12, 2], description: 'of one' }),
  }),
});

export const ordersPipeline = definePipeline({
  name: 'orders',
  description: 'Orders of the shop, by the hour in which they changed',
  schedule: { every: '1 hour', offset: '5 minutes', catchup: '2 days' },
  deadline: '30 minutes',
  // credentials, pages and the like: see docs/sources.md of waterclock
  source: httpJson({
    url: 'https://shop.example.com/v1/orders',
    query: { updated_from: '{start}', updated_to: '{end}' },
    records: { form: 'json', at: 'orders' },
  }),
  eventTime: 'updated_at',
  entities: [orders, orderLines],
  dbt: { select: 'tag:orders' },
});
