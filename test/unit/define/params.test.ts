import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { withParams } from '../../../model/source-params.js';
import { paramsOf } from '../../../define/params.js';
import { http, httpJson, s3Objects } from '../../../sources/declare.js';

const source = httpJson({
  url: 'https://example.com/query',
  query: { from: '{start}', least: '{params.least}', kind: '{params.kind} {params.kind}' },
});
const schema = z.object({
  least: z.number().min(-2).max(10).optional(),
  kind: z.enum(['quake', 'blast']).default('quake').describe('what is asked for'),
  pages: z.int().positive().default(1),
  deep: z.boolean().default(false),
  since: z.iso.date().optional(),
});

function paramsSpec(given: z.ZodObject | undefined = schema) {
  const problems: string[] = [];
  return { spec: paramsOf('quakes', given, source, problems), problems };
}

test('text becomes what the schema says, the rest has its defaults', () => {
  const { spec, problems } = paramsSpec();
  const given = spec.read({ least: '-1.5', pages: '3', deep: 'true', since: '2018-02-01' });
  expect(problems).toEqual([]);
  expect(given).toEqual({ least: -1.5, pages: 3, deep: true, since: '2018-02-01' });
  expect(spec.complete(given)).toEqual({ ...given, kind: 'quake' });
  expect(spec.complete({})).toEqual({ kind: 'quake', pages: 1, deep: false });
});

test('they are listed with type, description and default', () => {
  expect(paramsSpec().spec.listed).toEqual([
    { name: 'least', type: 'a number from -2 to 10' },
    { name: 'kind', type: 'one of quake, blast', description: 'what is asked for', default: 'quake' },
    { name: 'pages', type: 'a whole number above 0', default: 1 },
    { name: 'deep', type: 'true or false', default: false },
    { name: 'since', type: 'text as date' },
  ]);
});

test.each([
  [{ least: 'much' }, "param least of quakes must be a number from -2 to 10, got 'much'"],
  [{ least: '11' }, "param least of quakes must be a number from -2 to 10, got '11'"],
  [{ least: '' }, "must be a number from -2 to 10, got ''"],
  [{ least: '0x1' }, "got '0x1'"],
  [{ pages: '1.5' }, "param pages of quakes must be a whole number above 0, got '1.5'"],
  [{ pages: 'Infinity' }, "got 'Infinity'"],
  [{ deep: 'yes' }, "param deep of quakes must be true or false, got 'yes'"],
  [{ kind: 'Quake' }, "param kind of quakes must be one of quake, blast, got 'Quake'"],
  [{ since: 'monday' }, "param since of quakes must be text as date, got 'monday'"],
  [{ most: '1' }, 'quakes has no param most (known: least: a number from -2 to 10, kind: one of quake, blast'],
  [{ constructor: '1' }, 'quakes has no param constructor'],
  [{ most: '1', deep: 'no' }, 'quakes has no param most (known: least: a number from -2 to 10, kind'],
])('%j is refused', (texts, message) => {
  expect(() => paramsSpec().spec.read(texts)).toThrow(message);
});

test('a pipeline without params takes none', () => {
  const problems: string[] = [];
  const spec = paramsOf('plain', undefined, httpJson({ url: 'https://example.com' }), problems);
  expect(spec.complete({})).toEqual({});
  expect(() => spec.read({ a: '1' })).toThrow('plain has no param a (it takes none)');
});

test('more than 2,000 bytes are refused: they are kept in history', () => {
  const { spec } = paramsSpec(z.object({ least: z.string().optional(), kind: z.string().default('') }));
  expect(() => spec.read({ least: 'x'.repeat(2000) })).toThrow('the params of quakes have 2022 bytes, 2000 at most');
});

test.each([
  [z.object({ least: z.number(), kind: z.string().default('') }), 'param least needs a default or .optional()'],
  [z.object({ least: z.array(z.string()).default([]), kind: z.string().default('') }), 'param least must be a string'],
  [
    z.object({ least: z.string().transform(Number).optional(), kind: z.string().default('') }),
    'param least must be a string',
  ],
  [z.object({ least: z.string().optional() }), '{params.kind}, which is not declared in params (known: least: text)'],
  [
    z.object({ least: z.string().optional(), kind: z.string().default(''), api_key: z.string().optional() }),
    'param api_key: params are kept in history and must be no secret',
  ],
  [
    z.object({ least: z.string().optional(), kind: z.string().default(''), Big: z.string().optional() }),
    'param Big: its name must be lower snake_case',
  ],
])('a definition that cannot be is told why %#', (schema, problem) => {
  expect(paramsSpec(schema).problems.join('; ')).toContain(problem);
});

test('a query parameter is left out when its param was not given', () => {
  expect(withParams(source, { kind: 'blast' })).toMatchObject({ query: { from: '{start}', kind: 'blast blast' } });
  expect(withParams(source, { kind: 'blast', least: 0 })).toMatchObject({ query: { least: '0' } });
  expect(withParams(source, { kind: 'blast' })).not.toHaveProperty('query.least');
});

describe('objects of a bucket', () => {
  const objects = s3Objects({
    bucket: 'b',
    prefix: 'd/{params.kind}/',
    keys: '{params.kind}-{start:date}-*.{csv,tsv}',
    timeFrom: { key: '{params.kind}-%Y-%m-%d-*' },
  });

  test('prefix, keys and the time of a key take params', () => {
    expect(withParams(objects, { kind: 'quake' })).toMatchObject({
      prefix: 'd/quake/',
      keys: 'quake-{start:date}-*.{csv,tsv}',
      timeFrom: { key: 'quake-%Y-%m-%d-*' },
    });
  });

  test.each(['*', 'a?', '{a,b}', '%Y', '{start}'])('%s is not taken as a pattern', (kind) => {
    expect(() => withParams(objects, { kind })).toThrow(/the param kind is .* is not a letter of a key in/);
  });

  test('a pattern needs its param', () => {
    expect(() => withParams(objects, {})).toThrow("keys '{params.kind}-{start:date}-*.{csv,tsv}' needs the param kind");
  });
});

test.each(['..', ''])('a param in an address that is %j is refused', (id) => {
  const at = http({ url: 'https://api.example.com/orders/{params.id}/lines' });
  expect(() => withParams(at, { id })).toThrow('https://api.example.com/orders/{params.id}/lines');
  expect(withParams(at, { id: 'a/../b' })).toMatchObject({ url: 'https://api.example.com/orders/a%2F..%2Fb/lines' });
});
