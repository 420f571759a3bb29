import { z } from 'zod';
import { defineEntity } from '../../define/entity.js';
import { definePipeline } from '../../define/pipeline.js';
import { httpJson } from '../../sources/declare.js';

/** its validation ends the thread that meets a deadly record */
const deadly = definePipeline({
  name: 'deadly',
  description: 'ends threads',
  schedule: { every: '1 hour' },
  deadline: '1 hour',
  source: httpJson({ url: 'http://127.0.0.1:9/', records: { form: 'ndjson' } }),
  entities: [
    defineEntity({
      name: 'rows',
      mode: 'append',
      key: ['id'],
      schema: z.object({ id: z.string().refine((id) => id !== 'deadly' || process.exit(7)) }),
    }),
  ],
});

export default { pipelines: [deadly] };
