import { z } from 'zod';
import { defineEntity } from '../../define/entity.js';
import type { PipelineOptions } from '../../define/options.js';
import { definePipeline, type Pipeline } from '../../define/pipeline.js';
import { httpJson } from '../../sources/declare.js';

const rows = defineEntity({ name: 'rows', mode: 'append', schema: z.object({ id: z.string() }) });

/** a pipeline of one entity, for tests of what is around the data */
export function tinyPipeline(changes: Partial<PipelineOptions> = {}): Pipeline {
  return definePipeline({
    name: 'tiny',
    description: 'one entity',
    schedule: { every: '1 hour' },
    source: httpJson({ url: 'https://example.com/rows', query: {} }),
    entities: [rows],
    ...changes,
  });
}
