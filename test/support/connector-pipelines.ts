import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { defineEntity } from '../../define/entity.js';
import { definePipeline } from '../../define/pipeline.js';
import { airbyte, secret, singer } from '../../sources/declare.js';

const text = (description: string) => z.string().meta({ bytes: 64, description });
const hourly = { schedule: { every: '1 hour', start: '2022-11-24T10:00:00Z' }, description: 'a test' } as const;
const stream = (name: string, schema: z.ZodObject) =>
  defineEntity({ name, mode: 'append', schema, when: { $stream: name } });

/** connectors that others wrote, each as its package has it */
export const connectorPipelines = (manifests: string) => [
  definePipeline({
    ...hourly,
    name: 'news',
    source: airbyte({
      manifest: pathToFileURL(`${manifests}/source_nytimes/manifest.yaml`),
      streams: { archive: { sync: 'incremental' } },
      config: { api_key: secret('NEWS_KEY'), start_date: '2024-01', end_date: '2024-06', period: 7 },
    }),
    entities: [
      // it begins a month again whose end it has not seen
      defineEntity({
        name: 'archive',
        mode: 'merge',
        key: ['article_id'],
        order: ['pub_date'],
        schema: z.object({
          _id: text('id').meta({ column: 'article_id' }),
          pub_date: text('when it was published'),
        }),
        when: { $stream: 'archive' },
      }),
    ],
  }),
  definePipeline({
    ...hourly,
    name: 'costs',
    source: airbyte({
      manifest: pathToFileURL(`${manifests}/source_vantage/manifest.yaml`),
      streams: ['providers', 'services'],
      config: { access_token: secret('COSTS_KEY') },
    }),
    entities: ['providers', 'services'].map((name) => stream(name, z.object({ id: text('id'), name: text('name') }))),
  }),
  definePipeline({
    ...hourly,
    name: 'documented',
    source: singer({ tap: 'tap-readthedocs', streams: ['projects'], config: { token: secret('DOCS_KEY') } }),
    entities: [stream('projects', z.object({ id: z.int32().meta({ description: 'id' }), slug: text('name') }))],
  }),
  definePipeline({
    ...hourly,
    name: 'planned',
    source: singer({ tap: 'tap-shortcut', streams: ['labels'], config: { token: secret('PLANS_KEY') } }),
    entities: [stream('labels', z.object({ id: z.int32().meta({ description: 'id' }), name: text('name') }))],
  }),
];

/** a tap with a bookmark, which it writes every 10,000 records */
export const bookmarkedPipelines = () => [
  definePipeline({
    ...hourly,
    name: 'asked',
    retries: { extract: { attempts: 5, initial: '1 second', maximum: '1 second' } },
    source: singer({
      tap: 'tap-stackexchange',
      streams: { questions: { sync: 'incremental' } },
      config: { key: secret('QUESTIONS_KEY'), site: 'stackoverflow.com', tags: ['temporal'], start_date: 1 },
    }),
    entities: [
      // the record at the bookmark comes again
      defineEntity({
        name: 'questions',
        mode: 'merge',
        key: ['question_id'],
        order: ['last_activity_date'],
        schema: z.object({
          question_id: z.int32().meta({ description: 'id' }),
          last_activity_date: z.int().meta({ description: 'seconds since 1970' }),
          title: text('title'),
        }),
        when: { $stream: 'questions' },
      }),
    ],
  }),
];
