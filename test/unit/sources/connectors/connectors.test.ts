import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defineEntity } from '../../../../define/entity.js';
import type { SourceState } from '../../../../model/state-value.js';
import { redactor } from '../../../../model/redact.js';
import { airbyte, secret, singer } from '../../../../sources/declare.js';
import { sourceSession } from '../../../../sources/http/session.js';
import { openSource, type RawObject } from '../../../../sources/open-source.js';
import type { Place } from '../../../../sources/source-driver.js';
import { validated } from '../../../../testing/validated.js';
import { fakeConnectors } from '../../../support/fake-connectors.js';
import { tinyPipeline } from '../../../support/tiny-pipeline.js';
import { interval, never } from '../contract.js';
import { z } from 'zod';

const folder = mkdtempSync(join(tmpdir(), 'waterclock-connectors-'));
const environment = { PATH: process.env['PATH'], WATERCLOCK_CONNECTORS: folder, SHOP_TOKEN: 'planted-token' };

beforeAll(() => fakeConnectors(folder));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Kept {
  name: string;
  stream: string | undefined;
  lines: string[];
}

/** what the raw layer has of a run, over its attempts */
function lake() {
  const kept: Kept[] = [];
  let place: Place | undefined;
  let state: SourceState | undefined;
  const logged: string[] = [];
  return {
    kept,
    logged,
    state: () => state,
    begin(with_: SourceState) {
      state = with_;
    },
    async extract(source: ReturnType<typeof airbyte>, { signal = never, stopAfter = Infinity } = {}) {
      const log = (text: string) => void logged.push(text);
      const driver = openSource(source, {
        session: sourceSession(environment, redactor({})),
        ...(state && { state }),
        custom: {
          generate: source.generate,
          params: { region: 'eu' },
          logger: { info: log, warn: log, error: log },
          environment,
          known: async () => new Set(kept.map(({ name }) => name)),
        },
      });
      for await (const object of driver.list(interval, signal, place)) {
        kept.push({ name: object.name, stream: object.request, lines: await linesOf(object) });
        place = object.after;
        state = object.state ?? state;
        if (kept.length >= stopAfter) return;
      }
    },
    ids: (stream: string) =>
      kept
        .filter((one) => one.stream === stream)
        .flatMap(({ lines }) => lines.map((line) => /"id":(\d+)/.exec(line)?.[1]))
        .map(Number),
  };
}

async function linesOf(object: RawObject): Promise<string[]> {
  const pieces: Uint8Array[] = [];
  for await (const piece of await object.open(never)) pieces.push(piece);
  return Buffer.concat(pieces).toString().split('\n').filter(Boolean);
}

const oneTo = (last: number) => Array.from({ length: last }, (_, at) => at + 1);
const incremental = { sync: 'incremental' } as const;
const fake = (config: object, streams: Parameters<typeof airbyte>[0]['streams'] = ['orders', 'people']) =>
  airbyte({ command: 'source-fake', streams, config: { records: 6, stateEvery: 3, ...config } });

test('an object is what a stream gives between two of its states, its lines as received', async () => {
  const { kept, extract, logged } = lake();
  await extract(fake({}, { orders: incremental, people: incremental }));
  expect(kept.map(({ name, stream, lines }) => [name, stream, lines.length])).toEqual([
    ['orders-000001', 'orders', 3],
    ['people-000002', 'people', 3],
    ['orders-000003', 'orders', 3],
    ['people-000004', 'people', 3],
  ]);
  expect(kept[0]?.lines[0]).toBe(
    '{"type":"RECORD","record":{"stream":"orders","data":{"id":1,"text":""},"emitted_at":0}}',
  );
  expect(logged).toContain('a library says hello');
});

test.each([
  ['Airbyte', fake],
  [
    'Singer',
    (config: object, streams: Parameters<typeof airbyte>[0]['streams']) =>
      singer({ tap: 'fake-tap', streams, config: { records: 6, stateEvery: 3, ...config } }),
  ],
] as const)(
  '%s: an attempt that was killed is gone on with from its last state, no record lost or twice',
  async (_, source) => {
    const streams = { orders: incremental, people: incremental };
    for (const diesAfter of [1, 2, 3, 4, 5]) {
      const run = lake();
      await expect(run.extract(source({ diesAfter }, streams))).rejects.toThrow('was killed by SIGKILL');
      await run.extract(source({}, streams));
      expect(run.ids('orders')).toEqual(oneTo(6));
      expect(run.ids('people')).toEqual(oneTo(6));
      expect(new Set(run.kept.map(({ name }) => name)).size).toBe(run.kept.length);
    }
  },
);

test('an attempt whose worker was lost between two objects has none twice', async () => {
  const streams = { orders: incremental, people: incremental };
  for (const stopAfter of [1, 2, 3]) {
    const run = lake();
    await run.extract(fake({}, streams), { stopAfter });
    await run.extract(fake({}, streams));
    expect([run.ids('orders'), run.ids('people')]).toEqual([oneTo(6), oneTo(6)]);
  }
});

test('a stream that is read whole is one object at the end, once, wherever its worker is lost', async () => {
  const whole = lake();
  await whole.extract(fake({}));
  expect(whole.kept.map(({ stream, lines }) => [stream, lines.length])).toEqual([
    ['orders', 6],
    ['people', 6],
  ]);
  const killed = lake();
  await expect(killed.extract(fake({ diesAfter: 4 }))).rejects.toThrow('was killed by SIGKILL');
  expect(killed.kept).toEqual([]);
  const mixed = { orders: incremental, people: {} };
  for (const streams of [undefined, mixed]) {
    for (const stopAfter of [1, 2]) {
      const run = lake();
      await run.extract(fake({}, streams), { stopAfter });
      await run.extract(fake({}, streams));
      expect([run.ids('orders'), run.ids('people')]).toEqual([oneTo(6), oneTo(6)]);
    }
  }
});

test('a state of all streams is in the lake with the last of them only: nothing is lost between two', async () => {
  const tap = singer({
    tap: 'fake-tap',
    streams: { orders: incremental, people: incremental },
    config: { records: 6, stateEvery: 3 },
  });
  for (const stopAfter of [1, 2, 3, 4]) {
    const run = lake();
    await run.extract(tap, { stopAfter });
    await run.extract(tap);
    for (const name of ['orders', 'people']) expect(new Set(run.ids(name))).toEqual(new Set(oneTo(6)));
  }
});

test('the next interval begins with the state, but for streams that are read whole', async () => {
  const first = lake();
  const streams = { orders: incremental, people: {} };
  await first.extract(fake({ records: 3 }, streams));
  const next = lake();
  next.begin(first.state() ?? {});
  await next.extract(fake({ records: 6 }, streams));
  expect([next.ids('orders'), next.ids('people')]).toEqual([[4, 5, 6], oneTo(6)]);
});

test('a state that comes without a record is kept', async () => {
  const run = lake();
  await run.extract(
    singer({ tap: 'fake-tap', streams: { orders: incremental }, config: { records: 2, stateEvery: 1 } }),
  );
  expect(run.state()).toEqual({ value: { orders: 2 } });
});

test('many records wait for their state in a file', async () => {
  const run = lake();
  await run.extract(fake({ records: 60, stateEvery: 1_000, text: 'x'.repeat(200_000) }, ['orders']));
  expect(run.ids('orders')).toEqual(oneTo(60));
  expect(run.kept).toHaveLength(1);
});

test('the config has secrets, times and params, in a file that nobody else reads; the environment has none of the secrets', async () => {
  const run = lake();
  const config = {
    tellsAll: true,
    token: secret('SHOP_TOKEN'),
    since: '{start:date}',
    region: '{params.region}',
    other: '{params.other}',
  };
  await run.extract(fake(config, { orders: { ...incremental, cursor: 'updated.at' } }));
  const told = run.logged.find((line) => line.startsWith('told ')) ?? '';
  expect(told).not.toContain('planted-token');
  const { config: read, mode, env, streams } = JSON.parse(told.slice(5)) as Record<string, Record<string, unknown>>;
  expect(read).toEqual({
    records: 6,
    stateEvery: 3,
    tellsAll: true,
    token: expect.any(String) as string,
    since: interval.start.slice(0, 10),
    region: 'eu',
  });
  expect(mode).toBe('600');
  expect(env).not.toHaveProperty('SHOP_TOKEN');
  expect(streams).toMatchObject([{ sync_mode: 'incremental', cursor_field: ['updated', 'at'] }]);
});

test.each([
  [
    { trace: { message: 'wrong key', failure_type: 'config_error' }, code: 1 },
    'ConnectorFailed',
    'source-fake: wrong key',
  ],
  [
    { trace: { message: 'slow down', internal_message: 'HTTP 429', failure_type: 'transient_error' }, code: 1 },
    'TransientError',
    'source-fake: slow down: HTTP 429',
  ],
  [{ trace: { message: 'it said so', failure_type: 'system_error' } }, 'TransientError', 'source-fake: it said so'],
  [{ code: 3 }, 'TransientError', /source-fake ended with exit code 3: it broke$/],
  [{ foreign: true }, 'InvalidDefinition', "gave records of the stream 'foreign', which its source does not name"],
])('%j ends the attempt with %s', async (config, name, message) => {
  const failure = await lake()
    .extract(fake(config))
    .catch((error: unknown) => error);
  expect(failure).toMatchObject({ name });
  expect(failure).toHaveProperty(
    'message',
    typeof message === 'string' ? expect.stringContaining(message) : expect.stringMatching(message),
  );
});

test('a misspelt time in the config is refused where it is declared', () => {
  expect(() => fake({ since: '{strat:date}' })).toThrow('config of source-fake has {strat:date}, which is not known');
});

test('a stream that it has not, and a program that is not there, are named with what there is', async () => {
  await expect(lake().extract(fake({}, ['orders', 'bills']))).rejects.toThrow(
    'source-fake has no stream bills; it has orders, people',
  );
  const absent = airbyte({ command: 'source-absent', streams: ['orders'] });
  await expect(lake().extract(absent)).rejects.toMatchObject({
    name: 'ConnectorMissing',
    message: `the program source-absent is neither in a folder of ${folder} nor in PATH`,
  });
});

test('cancelled, it is asked to end, and ends', async () => {
  const controller = new AbortController();
  const run = lake();
  const reading = run.extract(fake({ hangsAfter: 3 }, { orders: incremental, people: incremental }), {
    signal: controller.signal,
  });
  const refused = expect(reading).rejects.toThrow('cancelled');
  await expect.poll(() => run.kept.length).toBeGreaterThan(0);
  controller.abort(new Error('cancelled'));
  await refused;
});

test('entities take the records of each stream by its name', async () => {
  const entity = (name: string) =>
    defineEntity({
      name,
      mode: 'append',
      schema: z.object({
        id: z.int32().meta({ description: 'id' }),
        text: z.string().meta({ bytes: 16, description: 'text' }),
      }),
      when: { $stream: name },
    });
  const pipeline = tinyPipeline({ source: fake({}), entities: [entity('orders'), entity('people')] });
  expect(pipeline.source).toMatchObject({ snapshot: true, streams: ['orders', 'people'] });
  const lines = [
    '{"type":"RECORD","record":{"stream":"orders","data":{"id":1,"text":"a"},"emitted_at":0}}',
    '{"type": "RECORD", "record": {"emitted_at": 0, "stream": "orders", "data": {"id": 9007199254740993, "text": "}\\"{"}}}',
    '{"type":"RECORD","record":{"stream":"orders"}}',
  ];
  const { counts, records } = await validated(pipeline, `${lines.join('\n')}\n`, { request: 'orders' });
  expect(counts.records).toBe(3);
  expect(records.map(({ reasons }) => reasons)).toEqual([
    expect.anything() as unknown,
    ["has no 'data': the record is read at 'record.data' of its line"],
  ]);
});
