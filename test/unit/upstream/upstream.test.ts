import { mkdtemp, mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { modifiedOf } from '../../../samples/objects.js';
import { samplesOf, sourceSettings } from '../../../samples/sample.js';
import { startUpstream, type Upstream } from '../../../local/upstream/start-upstream.js';
import { duration } from '../../../model/interval.js';

const now = Date.parse('2026-01-01T00:00:00Z');
const hourly = { every: duration('1 hour'), offset: duration('5 minutes') };

let folder: string;
let state: string;
let data: string;
let project: string;
const started: Upstream[] = [];

const events = `
answers:
  - path: /v1/events
    file: events.json
    at: data.items
    where:
      at: { from: since, to: until }
      size: { from: least }
    key: id
    newest: changed
  - path: /v1/events
    query: { state: none }
    file: none.json
    status: 404
`;
const list = `
simulated: true
snapshotAt: 2025-06-01T00:00:00Z
answers:
  - path: /v1/list
    file: list.json
`;
const files = `
objects:
  bucket: shop-files
  prefix: in/
  folder: objects
  modified: '{year}-{month}-{day}T{hour}.json'
`;
const event = (id: string, at: string, changed = 0) => ({ id, at, changed, size: 3 });
const answer = (...items: unknown[]) => JSON.stringify({ next: null, data: { items, count: 1 } });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'upstream-'));
  [state, data, project] = [join(folder, 'state'), join(folder, 'data'), join(folder, 'project')];
  await mkdir(data);
  await sample('events', 'sample.yaml', events);
  await sample('events', 'events.json', answer(event('a', '2025-12-31T20:10:00Z'), event('b', '2025-12-31T22:10:00')));
  await sample('events', 'none.json', '{"error":"none"}');
  await sample('list', 'sample.yaml', list);
  await sample('list', 'list.json', '[ {"id": 9007199254740993} ]\n');
  await sample('files', 'sample.yaml', files);
  await sample('files', 'objects/2025-12-31T22.json', '{}');
  await sample('files', 'objects/more/2025-12-31T9.json', '{}');
  await mkdir(join(project, 'pipelines/without'));
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((upstream) => upstream.close()));
  await rm(folder, { recursive: true });
});

async function put(path: string, content: string | Buffer, modified?: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  if (modified) await utimes(path, new Date(modified), new Date(modified));
}
const sample = (pipeline: string, name: string, content: string) =>
  put(join(project, 'pipelines', pipeline, 'sample', name), content);
const give = (pipeline: string, name: string, content: string | Buffer, modified?: string) =>
  put(join(data, pipeline, name), content, modified);

async function start(options: { project?: string; data?: string; now?: () => number } = {}) {
  const upstream = await startUpstream({ port: 0, project, state, now: () => now, ...options });
  started.push(upstream);
  const get = (path: string) => fetch(`${upstream.url}${path}`);
  const covered = async (pipeline: string, grid: unknown = hourly) =>
    (await get(`/coverage?pipeline=${pipeline}&grid=${encodeURIComponent(JSON.stringify(grid))}`)).json();
  return { get, covered };
}
const shown = () => join(state, 'shop-files', 'in');

interface Events {
  next: null;
  data: { count: number; items: { id: string; changed: number }[] };
}
const ids = async (response: Response) => ((await response.json()) as Events).data.items.map(({ id }) => id);

describe('a sample', () => {
  test('says under which setting each source is found', () => {
    expect(sourceSettings(samplesOf(project), 'http://h', 'http://s3')).toEqual({
      WATERCLOCK_SOURCE_EVENTS: 'http://h/events/v1/events',
      WATERCLOCK_SOURCE_FILES: 'http://s3',
      WATERCLOCK_SOURCE_LIST: 'http://h/list/v1/list',
    });
  });

  test('is covered by the complete intervals of its records, its objects, or its moment', async () => {
    const { covered } = await start();
    const rest = { simulated: false, waiting: [], waitingCount: 0 };
    expect(await covered('events')).toEqual({ from: '2025-12-31T20:00:00Z', to: '2025-12-31T23:00:00Z', ...rest });
    expect(await covered('files')).toEqual({ from: '2025-12-31T09:00:00Z', to: '2025-12-31T23:00:00Z', ...rest });
    expect(await covered('list')).toEqual({ snapshotAt: '2025-06-01T00:00:00Z', simulated: true });
    const { get } = await start();
    const none = await get('/coverage?pipeline=without');
    expect([none.status, await none.text()]).toEqual([404, 'without has no sample (known: events, files, list)\n']);
  });

  test('answers what a request bounds, both ends included; the rest of the answer stays', async () => {
    const { get } = await start();
    const asked = await get('/events/v1/events?since=2025-12-31T20:10:00Z&until=2025-12-31T22:09:59Z');
    expect(await asked.json()).toEqual({
      next: null,
      data: { count: 1, items: [event('a', '2025-12-31T20:10:00Z')] },
    });
    expect(await ids(await get('/events/v1/events?until=2025-12-31T22:10:00Z'))).toEqual(['a', 'b']);
    // seconds and milliseconds since 1970 bound times too
    const second = Date.parse('2025-12-31T21:00:00Z') / 1000;
    expect(await ids(await get(`/events/v1/events?since=${second}`))).toEqual(['b']);
    expect(await ids(await get(`/events/v1/events?since=${second * 1000}`))).toEqual(['b']);
    expect(await ids(await get('/events/v1/events?least=4'))).toEqual([]);
    expect(await ids(await get('/events/v1/events?least=3'))).toEqual(['a', 'b']);
  });

  test('a bound that is neither a time nor a number, and an unknown path, are told', async () => {
    const { get } = await start();
    const bad = await get('/events/v1/events?since=soon');
    expect([bad.status, await bad.text()]).toEqual([400, "since is a time or a number, got 'soon'\n"]);
    const unknown = await get('/events/v2/events');
    expect([unknown.status, await unknown.text()]).toEqual([
      404,
      'the sample of events has no answer to /v2/events?; it knows /v1/events\n',
    ]);
    expect((await get('/nothing/v1')).status).toBe(404);
  });

  test('an answer for some requests goes before the one for all', async () => {
    const { get } = await start();
    const none = await get('/events/v1/events?state=none');
    expect([none.status, await none.json()]).toEqual([404, { error: 'none' }]);
  });

  test('a whole answer is served as it lies there', async () => {
    const { get } = await start();
    expect(await (await get('/list/v1/list')).text()).toBe('[ {"id": 9007199254740993} ]\n');
  });

  test('objects are laid out under their bucket with the times of their names; a damaged one is written again', async () => {
    await start();
    expect((await stat(join(shown(), '2025-12-31T22.json'))).mtime.toISOString()).toBe('2025-12-31T22:00:00.000Z');
    const nested = join(shown(), 'more/2025-12-31T9.json');
    const before = await stat(nested);
    expect(before.mtime.toISOString()).toBe('2025-12-31T09:00:00.000Z');
    await start();
    expect((await stat(nested)).ino).toBe(before.ino);
    await writeFile(nested, 'half a file');
    await start();
    expect(await readFile(nested, 'utf8')).toBe('{}');
  });

  test('the time of a name that has none is told', () => {
    expect(modifiedOf('x', '2025-01-01T00:00:00Z').toISOString()).toBe('2025-01-01T00:00:00.000Z');
    expect(() => modifiedOf('x.json', '{year}.json')).toThrow('the name of x.json has no time in the form {year}.json');
  });

  test.each([
    ['simulated: true', 'it: it has answers, or objects'],
    ['answers: [{ path: x, file: y }]', 'answers.0.path'],
    ['answers: [{ path: /x, file: y, colour: red }]', 'colour'],
    ['objects: { bucket: b, prefix: in, folder: f, modified: x }', 'objects.prefix: it ends with /'],
  ])('a sample.yaml that is wrong is named with what is wrong: %s', async (text, problem) => {
    await sample('events', 'sample.yaml', text);
    expect(() => samplesOf(project)).toThrow(join(project, 'pipelines/events/sample/sample.yaml'));
    expect(() => samplesOf(project)).toThrow(problem);
  });
});

describe('--data', () => {
  test('a record in several files is shown once, as last changed', async () => {
    await give('events', '1.json', answer(event('a', '2020-01-01T10:30:00Z', 2)));
    await give('events', '2.json.gz', gzipSync(answer(event('a', '2020-01-01T10:20:00Z', 1))));
    const { get } = await start({ data });
    const { data: found } = (await (await get('/events/v1/events?since=2020-01-01')).json()) as Events;
    expect(found.items.map(({ changed }) => changed)).toEqual([2]);
  });

  test('only due hours are covered, the rest waits; what a user gives is not simulated', async () => {
    await give('events', 'a.json', answer(event('a', '2025-12-31T20:10:00Z'), event('b', '2025-12-31T23:10:00Z')));
    await give('files', 'early.json', '{}', '2025-12-31T22:59:59Z');
    await give('files', 'now.json', '{}', '2025-12-31T23:00:00Z');
    await give('list', 'a.json', '[]');
    const { covered } = await start({ data, now: () => now + 5 * 60_000 - 1 });
    expect(await covered('events')).toMatchObject({
      from: '2025-12-31T20:00:00Z',
      to: '2025-12-31T21:00:00Z',
      waiting: ['b'],
    });
    expect(await covered('files')).toMatchObject({
      from: '2025-12-31T22:00:00Z',
      to: '2025-12-31T23:00:00Z',
      waiting: ['now.json'],
    });
    expect(await covered('list')).toMatchObject({ simulated: false });
  });

  test('nothing complete is an empty range', async () => {
    await give('files', 'now.json', '{}', '2026-01-01T00:00:00Z');
    const { covered } = await start({ data });
    const { from, to } = (await covered('files')) as { from: string; to: string };
    expect(from).toBe(to);
  });

  test('objects keep their times, and no sample remains', async () => {
    await start();
    await give('files', 'real.json', '{}', '2023-05-05T05:05:05Z');
    await start({ data });
    expect(await readdir(shown())).toEqual(['real.json']);
    expect((await stat(join(shown(), 'real.json'))).mtime.toISOString()).toBe('2023-05-05T05:05:05.000Z');
    await start();
    expect(await readdir(shown())).toHaveLength(2);
    expect(await readdir(join(data, 'files'))).toEqual(['real.json']);
  });

  test('one file is served as it is, several are joined with their text untouched', async () => {
    await give('list', '1.json', '[ {"id": 9007199254740993} ]\n');
    const one = await start({ data });
    expect(await (await one.get('/list/v1/list')).text()).toBe('[ {"id": 9007199254740993} ]\n');
    await give('list', '2.json', '[]');
    await give('list', '3.json', '[{"id":[2]}]');
    const three = await start({ data });
    expect(await (await three.get('/list/v1/list')).text()).toBe('[{"id": 9007199254740993},\n{"id":[2]}]');
  });

  test.each([
    ['list', ['broken.json'], '[{"id":', 'is not valid JSON'],
    ['list', ['object.json', 'other.json'], '{}', 'holds no list'],
    ['events', ['list.json'], '[]', 'holds no list at data.items'],
    ['events', ['untimely.json'], answer({ id: 'a' }), 'record 1 has no time at at'],
    ['events', ['short.json.gz'], gzipSync('[]').subarray(0, 12), 'cannot read'],
  ])('a wrong file is named: %s/%s', async (pipeline, names, content, problem) => {
    for (const name of names) await give(pipeline, name, content);
    if (problem === 'is not valid JSON') await give(pipeline, 'second.json', '[]');
    const error: unknown = await start({ data }).catch((error: unknown) => error);
    expect((error as Error).message).toContain(join(data, pipeline, names[0] ?? ''));
    expect((error as Error).message).toContain(problem);
  });

  test('a folder that does not exist is named', async () => {
    await expect(start({ data: join(folder, 'nowhere') })).rejects.toThrow(join(folder, 'nowhere'));
  });
});

test('samples are opened again when that is asked; one that cannot be read leaves what was there', async () => {
  const upstream = await start();
  const get = async (path: string) => {
    const response = await upstream.get(path);
    return { status: response.status, text: (await response.text()).trim() };
  };
  const before = (await get('/list/v1/list')).text;
  await sample('list', 'list.json', '["changed"]');
  expect((await get('/list/v1/list')).text).toBe(before);
  await sample('list', 'sample.yaml', list.replace('list.json', 'gone.json'));
  expect(await get('/reload')).toMatchObject({ status: 500, text: expect.stringContaining('gone.json') as unknown });
  expect((await get('/list/v1/list')).text).toBe(before);
  await sample('list', 'sample.yaml', list);
  await sample('more', 'sample.yaml', list);
  await sample('more', 'list.json', '[]');
  expect(await get('/reload')).toEqual({ status: 200, text: 'serving events, files, list, more' });
  expect((await get('/list/v1/list')).text).toBe('["changed"]');
});
