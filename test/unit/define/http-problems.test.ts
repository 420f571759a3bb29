import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Source } from '../../../model/source.js';
import { withParams } from '../../../model/source-params.js';
import { defineEntity } from '../../../define/entity.js';
import type { PipelineOptions } from '../../../define/options.js';
import { definePipeline } from '../../../define/pipeline.js';
import {
  basic,
  bearer,
  cursor,
  http,
  oauth2ClientCredentials,
  offset,
  pageNumber,
  secret,
} from '../../../sources/declare.js';

const rows = defineEntity({ name: 'rows', mode: 'append', schema: z.object({ id: z.string() }) });
const define = (source: Source, more: Partial<PipelineOptions> = {}) =>
  definePipeline({ name: 'p', description: '', schedule: { every: '1 hour' }, source, entities: [rows], ...more });

const url = 'https://api.example.com/orders';
const token = secret('SHOP_TOKEN');
const oauth = (tokenUrl: string) => oauth2ClientCredentials({ tokenUrl, clientId: 'me', clientSecret: token });

test.each<[string, Source]>([
  ["its url must be an address like https://api.example.com/orders, got 'orders'", http({ url: 'orders' })],
  ["its url must begin with https:// or http://, got 'ftp://'", http({ url: 'ftp://example.com/' })],
  ["its url has a password: use auth: basic('user', secret('NAME'))", http({ url: 'https://me:pw@example.com/' })],
  ['its url has {params}', http({ url: `${url}/{params}` })],
  ['its header x-since has {start:day}', http({ url, headers: { 'x-since': '{start:day}' } })],
  ['its body has {end:day}', http({ url, body: { json: { a: [{ b: '{end:day}' }] } } })],
  ['its form field since has {now}', http({ url, body: { form: { since: '{now}' } } })],
  ['it has a body and its method is GET', http({ url, method: 'GET', body: { text: 'x' } })],
  ["its secret 'my token' must be the name of a variable", http({ url, auth: bearer(secret('my token')) })],
  ['its header Authorization has its value in the definition', http({ url, headers: { Authorization: 'Bearer x' } })],
  ['its header X-Shop-Access-Token has its value', http({ url, headers: { 'X-Shop-Access-Token': 'x' } })],
  ['its query parameter api_key has its value in the definition', http({ url, query: { api_key: 'x' } })],
  ['its query parameter access_token has its value in the definition', http({ url: `${url}?access_token=x` })],
  [
    "its tokenUrl is at login.example.com, another host than its url: name it in hosts: ['login.example.com']",
    http({ url, auth: oauth('https://login.example.com/token') }),
  ],
  [
    'its tokenUrl is 169.254.169.254, an address of the machine or network itself',
    http({ url, hosts: ['169.254.169.254'], auth: oauth('http://169.254.169.254/token') }),
  ],
  ['its mostPages must be a whole number above 0, got 0', http({ url, pages: pageNumber({ mostPages: 0 }) })],
  ["its pages' limit must be a whole number above 0, got 0", http({ url, pages: offset({ limit: 0 }) })],
  ['its pages put cursor into the body', http({ url, pages: cursor({ param: 'cursor', at: 'next', in: 'body' }) })],
  [
    'its pages read next and more from a JSON document',
    http({ url, records: { form: 'ndjson' }, pages: cursor({ param: 'c', at: 'next', until: 'more' }) }),
  ],
  [
    "its records.at must be names with dots between, as in 'data.items', got 'data..items'",
    http({ url, records: { form: 'json', at: 'data..items' } }),
  ],
  ['its failure is a place in a JSON document', http({ url, records: { form: 'ndjson' }, failure: { at: 'errors' } })],
  ['its statuses.wait has 42, which is not an HTTP status', http({ url, statuses: { wait: [42] } })],
  ['its status 404 is in both empty and giveUp', http({ url, statuses: { empty: [404], giveUp: [404] } })],
  [
    "its hosts has 'https://x.com/', and must have names like api.example.com",
    http({ url, hosts: ['https://x.com/'] }),
  ],
  ['its rate.perSecond must be above 0, got 0', http({ url, rate: { perSecond: 0 } })],
  ['its rate names the header `remaining` and needs `reset` too', http({ url, rate: { remaining: 'x-left' } })],
  ['its source names {params.id}, which is not declared in params', http({ url: `${url}/{params.id}` })],
  [
    'its source names {params.tenant}, which is not declared in params',
    http({ url, body: { json: { tenant: '{params.tenant}' } } }),
  ],
])('a definition is refused: %s', (problem, source) => {
  expect(() => define(source)).toThrow(problem);
});

test('every problem is told at once', () => {
  const source = http({ url, statuses: { wait: [42] }, pages: pageNumber({ mostPages: -1 }), rate: { perSecond: -1 } });
  expect(() => define(source)).toThrow(/mostPages .*; its statuses\.wait .*; its rate\.perSecond/);
});

test.each<[string, Source]>([
  [
    'a token address that is named',
    http({ url, hosts: ['login.example.com'], auth: oauth('https://login.example.com/token') }),
  ],
  ['GraphQL, whose braces are its own', http({ url, body: { json: { query: '{ orders { id {name} } }' } } })],
  ['basic with a user in the definition', http({ url, auth: basic('me', token) })],
])('a definition is taken: %s', (_, source) => {
  expect(define(source).source).toEqual(source);
});

test('params are filled everywhere, keep their type in JSON, and what is not given is left out', () => {
  const source = http({
    url: `${url}/{params.id}`,
    query: { a: 'x{params.n}', gone: '{params.none}' },
    headers: { 'x-n': '{params.n}', gone: '{params.none}' },
    body: {
      json: {
        n: '{params.n}',
        text: 'at {params.n}',
        list: ['{params.id}', '{params.none}'],
        gone: { a: '{params.none}' },
      },
    },
    auth: bearer(token),
  });
  expect(withParams(source, { n: 7, id: 'a/b' })).toMatchObject({
    url: `${url}/a%2Fb`,
    query: { a: 'x7' },
    headers: { 'x-n': '7' },
    body: { json: { n: 7, text: 'at 7', list: ['a/b'], gone: {} } },
    auth: { token: { secret: 'SHOP_TOKEN' } },
  });
  expect(() => withParams(source, { n: 7 })).toThrow('needs the param id');
});
