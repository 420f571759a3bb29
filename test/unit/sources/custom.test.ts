import { expect, test, vi } from 'vitest';
import type { CustomInput, CustomItem, Generate } from '../../../model/custom-code.js';
import { TerminalError } from '../../../model/errors.js';
import { redactor } from '../../../model/redact.js';
import { custom } from '../../../sources/declare.js';
import { sourceSession } from '../../../sources/http/session.js';
import { openSource } from '../../../sources/open-source.js';
import type { Place } from '../../../sources/source-driver.js';
import { tinyPipeline } from '../../support/tiny-pipeline.js';
import { collect, interval, never } from './contract.js';

interface Options {
  from?: Place;
  known?: string[];
  signal?: AbortSignal;
  declared?: Parameters<typeof custom>[1];
  sign?: () => void;
}

function list(
  generate: Generate,
  { from, known = [], signal = never, declared, sign = () => undefined }: Options = {},
) {
  const log = () => undefined;
  const source = custom(generate, declared);
  const environment = { SHOP_TOKEN: 'planted-token' };
  const driver = openSource(source, {
    session: sourceSession(environment, redactor({})),
    custom: {
      generate,
      params: { region: 'eu' },
      logger: { info: log, warn: log, error: log },
      known: async () => new Set(known),
    },
    sign,
  });
  return driver.list(interval, signal, from);
}

const items = (...yielded: (Partial<CustomItem> & { name?: string })[]): Generate =>
  async function* () {
    for (const item of yielded) yield { body: '{}', ...item } as CustomItem;
  };

async function textOf(
  objects: Awaited<ReturnType<typeof collect<{ open: (signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>> }>>>,
) {
  const texts: string[] = [];
  for (const { open } of objects) texts.push(Buffer.concat(await collect(await open(never))).toString());
  return texts;
}

test('the code gets the interval, params, secrets and where it goes on; what it yields is kept as it is', async () => {
  let given: CustomInput | undefined;
  const generate: Generate = async function* (input) {
    given = input;
    yield { name: 'text', body: `"${input.secret('SHOP_TOKEN').length}"`, resume: { page: 1 } };
    yield { name: 'bytes', body: Buffer.from([0xff, 0x00]), resume: { page: 2 } };
  };
  const objects = await collect(
    list(generate, { declared: { secrets: ['SHOP_TOKEN'] }, from: { resume: { page: 0 } } }),
  );
  expect(given).toMatchObject({ interval, params: { region: 'eu' }, resume: { page: 0 }, address: undefined });
  expect(await textOf(objects)).toEqual(['"13"', Buffer.from([0xff, 0x00]).toString()]);
  expect(objects.map(({ after }) => after)).toEqual([{ resume: { page: 1 } }, { resume: { page: 2 } }]);
});

test('a body may be a stream, of text or bytes, and is seen to be gzip by its first bytes', async () => {
  async function* body() {
    yield 'a';
    yield Buffer.from('bcdef');
  }
  const streamed: Generate = async function* () {
    yield { name: 's', body: body() };
    yield { name: 'z', body: Buffer.from([0x1f, 0x8b, 8, 0, 0, 0]) };
  };
  const found: [string, boolean][] = [];
  for await (const object of list(streamed)) {
    found.push([(await textOf([object])).join(''), object.gzip]);
  }
  expect(found[0]).toEqual(['abcdef', false]);
  expect(found[1]?.[1]).toBe(true);
});

test.each<[string, Generate, string]>([
  ['a name twice', items({ name: 'a' }, { name: 'a' }), "yielded 'a' twice"],
  ['no name', items({}), 'without a name'],
  ['no body', items({ name: 'a', body: 7 as never }), "'a' with a body of type number"],
  ['a place with some', items({ name: 'a', resume: 1 }, { name: 'b' }), "'b' without `resume`"],
])('an object is refused: %s', async (_, generate, message) => {
  await expect(collect(list(generate))).rejects.toMatchObject({
    name: 'InvalidDefinition',
    message: expect.stringContaining(message) as string,
  });
});

test('code without `resume` begins again, and what is kept is passed by unread', async () => {
  const opened: string[] = [];
  const generate: Generate = async function* () {
    for (const name of ['a', 'b', 'c']) {
      opened.push(name);
      yield { name, body: name };
    }
  };
  const rest = await collect(list(generate, { from: {}, known: ['a', 'b'] }));
  expect(rest.map(({ name }) => name)).toEqual(['c']);
  expect(opened).toEqual(['a', 'b', 'c']);
});

test('code that goes on and repeats a name that is kept would lose an object: it fails', async () => {
  const again = list(items({ name: 'page-1', resume: 7 }), { from: { resume: 6 }, known: ['page-1'] });
  await expect(collect(again)).rejects.toThrow("yielded 'page-1', which an earlier attempt has kept");
});

test('null as a place: nothing follows', async () => {
  const [object] = await collect(list(items({ name: 'a', resume: null })));
  expect(object?.after).toBeNull();
  expect(await collect(list(items({ name: 'a' }), { from: null }))).toEqual([]);
});

test.each<[string, () => unknown, string, string]>([
  ['an error may pass', () => new RangeError('the API is away'), 'TransientError', 'RangeError: the API is away'],
  ['a text may pass', () => 'away', 'TransientError', 'it threw: away'],
  ['a terminal one does not', () => new TerminalError('SourceRefused', 'no'), 'SourceRefused', 'no'],
])('%s', async (_, error, name, message) => {
  const generate: Generate = async function* () {
    yield { name: 'a', body: '' };
    throw error();
  };
  await expect(collect(list(generate))).rejects.toMatchObject({
    name,
    message: expect.stringContaining(message) as string,
  });
});

test('an error in the middle of a body is told like one of the code', async () => {
  const bodyOf = (error: Error) =>
    (async function* () {
      yield 'begun';
      throw error;
    })();
  const read = async (error: Error) => {
    const generate: Generate = async function* () {
      yield { name: 'a', body: bodyOf(error) };
    };
    for await (const object of list(generate)) await textOf([object]);
  };
  await expect(read(new Error('cut'))).rejects.toMatchObject({ name: 'TransientError' });
  await expect(read(new TerminalError('SourceRefused', 'no'))).rejects.toMatchObject({ name: 'SourceRefused' });
});

test('what the code logs has no secret', async () => {
  const lines: unknown[] = [];
  const generate: Generate = async function* ({ logger, secret }) {
    const token = secret('SHOP_TOKEN');
    logger.info(`asks with ${token}`, { headers: { authorization: `Bearer ${token}` }, page: 1 });
    yield { name: 'a', body: '' };
  };
  const log = (...line: unknown[]) => void lines.push(line);
  const driver = openSource(custom(generate, { secrets: ['SHOP_TOKEN'] }), {
    session: sourceSession({ SHOP_TOKEN: 'planted-token' }, redactor({})),
    custom: { generate, params: {}, logger: { info: log, warn: log, error: log }, known: async () => new Set() },
  });
  await collect(driver.list(interval, never));
  expect(lines).toEqual([['asks with ***', { headers: { authorization: 'Bearer ***' }, page: 1 }]]);
});

test('a secret that is not declared is refused, and one that is missing fails before the code begins', async () => {
  const generate = vi.fn<Generate>(async function* ({ secret }) {
    yield { name: 'a', body: secret('OTHER') };
  });
  await expect(collect(list(generate, { declared: { secrets: ['SHOP_TOKEN'] } }))).rejects.toThrow(
    'reads the secret OTHER, which it does not declare (SHOP_TOKEN)',
  );
  generate.mockClear();
  await expect(collect(list(generate, { declared: { secrets: ['OTHER'] } }))).rejects.toMatchObject({
    name: 'SecretMissing',
  });
  expect(generate).not.toHaveBeenCalled();
});

test('code that ignores the signal is left behind when the run is cancelled', async () => {
  const reason = new Error('cancelled');
  const controller = new AbortController();
  let heard = false;
  const generate: Generate = async function* ({ signal }) {
    signal.addEventListener('abort', () => (heard = true));
    yield { name: 'a', body: '' };
    await new Promise(() => undefined);
  };
  setTimeout(() => controller.abort(reason), 30);
  await expect(collect(list(generate, { signal: controller.signal }))).rejects.toBe(reason);
  expect(heard).toBe(true);
});

test('code that hangs is given up after its silence, and may pass', async () => {
  const generate: Generate = async function* () {
    yield { name: 'a', body: '' };
    await new Promise(() => undefined);
  };
  const hanging = { ...custom(generate), silence: 40 };
  const log = () => undefined;
  const driver = openSource(hanging, {
    custom: { generate, params: {}, logger: { info: log, warn: log, error: log }, known: async () => new Set() },
  });
  await expect(collect(driver.list(interval, never))).rejects.toMatchObject({
    name: 'TransientError',
    message: 'the code of the source gave nothing for 0.04 s',
  });
});

test('`finally` of the code runs when nobody takes the rest', async () => {
  let isClosed = false;
  const generate: Generate = async function* () {
    try {
      yield { name: 'a', body: '' };
      yield { name: 'b', body: '' };
    } finally {
      isClosed = true;
    }
  };
  for await (const _ of list(generate)) break;
  expect(isClosed).toBe(true);
});

test('the plan is plain data: the code stays with the pipeline', () => {
  const generate = items();
  const pipeline = tinyPipeline({ source: custom(generate, { secrets: ['SHOP_TOKEN'] }) });
  expect(pipeline.source).toEqual({
    kind: 'custom',
    records: { form: 'json' },
    snapshot: false,
    secrets: [{ secret: 'SHOP_TOKEN' }],
    silence: 600_000,
  });
  expect(pipeline.generate).toBe(generate);
  expect(() => tinyPipeline({ source: custom(generate, { secrets: ['my token'] }) })).toThrow("its secret 'my token'");
});

test('a worker whose project lacks the code says so', async () => {
  const driver = openSource(tinyPipeline({ source: custom(items()) }).source);
  await expect(collect(driver.list(interval, never))).rejects.toThrow('deploy the same project to all workers');
});
