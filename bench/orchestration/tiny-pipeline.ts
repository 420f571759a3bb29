import { z } from 'zod';
import { defineEntity } from '../../define/entity.js';
import { definePipeline } from '../../define/pipeline.js';
import { httpJson } from '../../sources/declare.js';

const rows = defineEntity({
  name: 'rows',
  mode: 'merge',
  key: ['id'],
  schema: z.object({ id: z.string().meta({ bytes: 8 }) }),
});

const define = (name: string) =>
  definePipeline({
    name,
    description: 'runs without work',
    schedule: { every: '1 minute' },
    source: httpJson({ url: 'http://127.0.0.1/' }),
    entities: [rows],
  });

/** its steps do no work but write their manifests: what is left is what a run itself costs */
export const tiny = define('tiny');
/** as `tiny`, and the first attempt of its first step never ends */
export const held = define('held');
