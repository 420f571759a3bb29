import { afterAll, expect, test } from 'vitest';
import { draftConfig, secretPlaces } from '../../../infer/draft-config.js';
import { draftStreams } from '../../../infer/draft-streams.js';
import { renderConnector } from '../../../infer/render-connector.js';
import type { StreamDescription } from '../../../sources/connectors/protocol.js';
import { validated } from '../../../testing/validated.js';
import { definitionFrom, removeDefinitions } from '../../support/definition-from.js';

afterAll(removeDefinitions);

const orNull = (type: string, more = {}) => ({ type: ['null', type], ...more });
const orders: StreamDescription = {
  name: 'Orders',
  key: [['id']],
  cursor: ['updated_at'],
  sync: ['full_refresh', 'incremental'],
  schema: {
    properties: {
      id: orNull('integer'),
      updated_at: orNull('string', { format: 'date-time' }),
      day: orNull('string', { format: 'date' }),
      total: orNull('number'),
      size: orNull('number', { airbyte_type: 'big_integer' }),
      paid: orNull('boolean'),
      note: { anyOf: [{ type: 'string', maxLength: 20 }, { type: 'null' }] },
      either: { oneOf: [{ type: 'string' }, { type: 'integer' }] },
      lines: orNull('array'),
      free: orNull('object'),
      customer: orNull('object', { properties: { name: orNull('string'), 'home-town': orNull('string') } }),
    },
  },
};
const people: StreamDescription = {
  name: 'people',
  key: [['code']],
  sync: ['full_refresh'],
  schema: { properties: { code: orNull('string') } },
};
const loose: StreamDescription = { name: 'log lines', key: [], sync: ['full_refresh'], schema: {} };
const nested: StreamDescription = {
  ...people,
  name: 'nested',
  key: [['ref', 'id']],
  schema: { properties: { ref: orNull('object', { properties: { id: orNull('string') } }), at: { type: 'string' } } },
};

const rendered = (streams: StreamDescription[], config: Record<string, unknown> = {}, open: string[] = []) =>
  renderConnector({
    name: 'shop',
    from: 'source-shop',
    language: 'airbyte',
    named: ["command: 'source-shop'"],
    config,
    open,
    streams: draftStreams(streams),
    start: '2026-11-29T00:00:00Z',
  });

test('a stream with key and cursor is merged, one with a key is replaced, one without is appended', async () => {
  const { entities, source } = await definitionFrom(rendered([orders, people, loose, nested]));
  expect(entities.map(({ plan }) => [plan.name, plan.mode, plan.key, plan.order])).toEqual([
    ['orders', 'merge', ['id'], ['updated_at']],
    ['people', 'replace', ['code'], []],
    ['log_lines', 'append', [], []],
    ['nested', 'replace', ['ref_id'], []],
  ]);
  expect(source).toMatchObject({
    state: true,
    connector: { streams: { Orders: { sync: 'incremental' }, people: { sync: 'full_refresh' } } },
  });
});

test('records of every declared type become rows, and so do those that lack all but the key', async () => {
  const pipeline = await definitionFrom(rendered([orders]));
  const whole = {
    id: 1,
    updated_at: '2026-11-29T10:00:00+02:00',
    day: '2026-11-29',
    total: 1.5,
    size: 0,
    paid: true,
    note: 'n',
    either: 7,
    lines: [{ a: 1 }],
    free: { b: 2 },
    customer: { name: 'x', 'home-town': null },
  };
  const least = { id: 2, updated_at: '2026-11-29T10:00:00Z', customer: null };
  const line = (data: object) => JSON.stringify({ type: 'RECORD', record: { stream: 'Orders', data } });
  // exact, as the connector writes it
  const exact = line(whole).replace('"size":0', '"size":12345678901234567890');
  const { counts, records } = await validated(pipeline, `${exact}\n${line(least)}\n`, { request: 'Orders' });
  expect(records).toEqual([]);
  expect(counts).toMatchObject({ records: 2, routed: 2 });
});

test('the record of a stream that declares no fields is one column', async () => {
  const pipeline = await definitionFrom(rendered([loose]));
  const line = JSON.stringify({ type: 'RECORD', record: { stream: 'log lines', data: { any: ['thing'] } } });
  const { records, counts } = await validated(pipeline, `${line}\n`, { request: 'log lines' });
  expect([records, counts.routed]).toEqual([[], 1]);
});

const specification = {
  required: ['start_date', 'credentials', 'account', 'retries'],
  properties: {
    start_date: { type: 'string', examples: ['2024-01-01'] },
    end_date: { type: 'string' },
    account: { type: 'string', title: 'Account id' },
    retries: { type: 'integer', default: 3 },
    credentials: {
      type: 'object',
      oneOf: [
        {
          required: ['kind', 'api_token'],
          properties: { kind: { const: 'token' }, api_token: { type: 'string', airbyte_secret: true } },
        },
        { properties: { kind: { const: 'oauth' }, client_secret: { type: 'string', airbyte_secret: true } } },
      ],
    },
  },
};

test('the config has what the connector requires: defaults, examples, names of secrets, and what is to be set', async () => {
  const { config, open } = draftConfig('shop', specification);
  expect(config).toEqual({
    start_date: '2024-01-01',
    account: '',
    retries: 3,
    credentials: { kind: 'token', api_token: { secret: 'SHOP_CREDENTIALS_API_TOKEN' } },
  });
  expect(open).toEqual(['account: Account id']);
  const text = rendered([people], config, open);
  expect(text).toContain("api_token: secret('SHOP_CREDENTIALS_API_TOKEN')");
  expect(text).toContain('// to be set: account: Account id');
  const { source } = await definitionFrom(text);
  expect(source).toMatchObject({ secrets: [{ secret: 'SHOP_CREDENTIALS_API_TOKEN' }] });
});

test('secrets of every alternative are known by their places', () => {
  expect([...secretPlaces(specification)]).toEqual(['credentials.api_token', 'credentials.client_secret']);
});
