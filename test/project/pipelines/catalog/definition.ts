import { defineEntity, definePipeline, httpJson } from 'waterclock';
import { z } from 'zod';

const text = (bytes: number) => z.string().meta({ bytes });

const products = defineEntity({
  name: 'products',
  description: 'Every product, as the API shows it today.',
  mode: 'replace',
  key: ['product_id'],
  schema: z.object({
    id: text(64).meta({ column: 'product_id', description: 'id of the product' }),
    number: z.int32().describe('number of the product in the API'),
    name: text(256).meta({ column: 'product_name', description: 'name of the product' }),
    released: z.iso.datetime().meta({ column: 'released_at', description: 'when it was or will be released, UTC' }),
    upcoming: z.boolean().describe('not released yet'),
    in_stock: z.boolean().nullable().describe('unknown for upcoming products'),
    maker: text(64).nullable().describe('who makes it'),
    notes: z.array(z.unknown()).describe('date and text of each note'),
    links: z.object({ page: text(512).nullish().describe('its page') }).nullish(),
    parts: z.unknown().optional().meta({ column: false }),
  }),
});

const productParts = defineEntity({
  name: 'product_parts',
  description: 'The parts of each product, by their position in it.',
  mode: 'replace',
  key: ['product_id', 'position'],
  rows: { each: 'parts', with: { product_id: 'id' }, index: 'position' },
  schema: z.object({
    product_id: text(64).describe('id of the product'),
    position: z.int32().describe('place in the list of parts, from 0'),
    part: text(64).nullable().meta({ column: 'part_id', description: 'null while no part is chosen' }),
    quantity: z.int32().nullable().describe('how many of it'),
    spare: z.boolean().nullable().describe('sold as a spare part too'),
  }),
});

/** the whole state of an API, a snapshot a day, that replaces its tables; rows of a list in each record */
export const catalogPipeline = definePipeline({
  name: 'catalog',
  description: 'Products and their parts, a snapshot a day',
  schedule: { every: '1 day', offset: '1 hour' },
  deadline: '2 hours',
  source: httpJson({ url: 'https://catalog.example.com/v4/products', snapshot: true }),
  entities: [products, productParts],
  dbt: { select: 'tag:catalog' },
});
