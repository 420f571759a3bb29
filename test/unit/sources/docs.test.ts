import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Source } from '../../../model/source.js';
import { defineEntity } from '../../../define/entity.js';
import { definePipeline } from '../../../define/pipeline.js';
import { http, s3Objects } from '../../../sources/declare.js';
import * as declareHttp from '../../../sources/declare-http.js';

const { httpSource: _, ...ways } = declareHttp;
const declare = { http, ...ways };

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const docs = read('docs/sources.md');

test('the docs have every option of http, and no other', () => {
  const [, declared = ''] = /interface HttpOptions \{\n(.*?)\n\}/s.exec(read('sources/declare-http.ts')) ?? [];
  const options = Array.from(declared.matchAll(/^ {2}(\w+)\??:/gm), ([, name]) => name);
  const [, section = ''] = /## Options of `http`\n(.*?)\nTexts of/s.exec(docs) ?? [];
  expect(Array.from(section.matchAll(/^\| `(\w+)`/gm), ([, name]) => name)).toEqual(options);
});

test('the docs name every way to declare credentials and pages', () => {
  for (const name of Object.keys(declare)) expect(docs).toContain(`${name}(`);
});

const examples = Array.from(docs.matchAll(/```ts\n(http\(.*?)\n```/gs), ([, text = '']) => text);
const rows = defineEntity({ name: 'rows', mode: 'append', schema: z.object({ id: z.string() }) });

test.each(examples.map((text) => [/url: '([^']+)'/.exec(text)?.[1], text]))(
  'the example of %s is a definition',
  (_, text) => {
    // oxlint-disable-next-line typescript/no-implied-eval
    const source = new Function(...Object.keys(declare), `return ${text}`)(...Object.values(declare)) as Source;
    const params = z.object({ repository: z.string().default('dlt-hub/dlt') });
    const define = () =>
      definePipeline({
        name: 'p',
        description: '',
        schedule: { every: '1 hour', start: '2024-01-01T00:00:00Z' },
        source,
        entities: [rows],
        ...(text.includes('{params.') && { params }),
      });
    expect(define).not.toThrow();
    expect(examples.length).toBeGreaterThan(5);
  },
);

test('the docs have every option of s3Objects, and no other', () => {
  const [, declared = ''] = /interface S3ObjectsSource \{\n(.*?)\n\}/s.exec(read('model/objects-source.ts')) ?? [];
  const options = Array.from(declared.matchAll(/^ {2}(\w+)\??:/gm), ([, name]) => name ?? '');
  const [, section = ''] = /## Objects of a bucket\n(.*?)\nIn a pattern/s.exec(docs) ?? [];
  const told = Array.from(section.matchAll(/^\| `(\w+)`/gm), ([, name]) => name ?? '');
  expect(told.sort()).toEqual(options.filter((name) => name !== 'kind' && name !== 'snapshot').sort());
});

const buckets = Array.from(docs.matchAll(/^s3Objects\(.*?^\}\)/gms), ([text]) => text);

test.each(buckets.map((text) => [/bucket: '([^']+)'/.exec(text)?.[1], text]))(
  'the example of %s is a definition',
  (_, text) => {
    // oxlint-disable-next-line typescript/no-implied-eval
    const source = new Function('s3Objects', `return ${text}`)(s3Objects) as Source;
    const given = { name: 'p', description: '', schedule: { every: '1 hour' }, source, entities: [rows] };
    expect(() => definePipeline(given)).not.toThrow();
    expect(buckets).toHaveLength(3);
  },
);
