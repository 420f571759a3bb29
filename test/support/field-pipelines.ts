import { z } from 'zod';
import { defineEntity } from '../../define/entity.js';
import type { EntityOptions, PipelineOptions } from '../../define/options.js';
import { definePipeline } from '../../define/pipeline.js';
import { httpJson, s3Objects } from '../../sources/declare.js';

const schedule = { every: '1 hour' } as const;
const text = z.string().meta({ bytes: 40 });

const rows = (more: Partial<EntityOptions> = {}) =>
  defineEntity({ name: 'rows', mode: 'merge', key: ['id'], schema: z.object({ id: z.int32(), v: text }), ...more });

/** of one name in two pipelines */
function things(shape: z.ZodRawShape) {
  return rows({ name: 'things', schema: z.object({ id: z.int32(), ...shape }) });
}

/** its address is a setting of the test */
function api(name: string, entity = rows(), at?: string, more: Partial<PipelineOptions> = {}) {
  return definePipeline({
    name,
    description: name,
    schedule,
    source: httpJson({ url: 'http://127.0.0.1:9/', records: { form: 'json', ...(at && { at }) } }),
    entities: [entity],
    ...more,
  });
}

/** what people reported of other systems doing this job, each to be right here */
export const pipelines = [
  api('plain'),
  api('listed', rows(), 'users'),
  api('appended', rows({ mode: 'append', key: [] })),
  api('allowed', rows({ allowEmpty: true })),
  api('chosen', rows({ when: { kind: 'order' } })),
  api('timed', rows({ schema: z.object({ id: z.int32(), at: z.int() }) }), undefined, { eventTime: 'at' }),
  api('nested', rows({ rows: { each: 'data.items' } })),
  api('bags', things({ bag: z.record(z.string(), z.unknown()) })),
  api('others', things({ v: text })),
  definePipeline({
    name: 'lines',
    description: 'objects of lines',
    schedule,
    source: s3Objects({ bucket: 'field-lines', prefix: '', modifiedIn: 'interval', anonymous: true }),
    entities: [rows()],
  }),
];
