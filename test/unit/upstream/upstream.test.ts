import { mkdtemp, mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startUpstream, type Upstream } from '../../../local/upstream/start-upstream.js';

const now = Date.parse('2026-01-01T00:00:00Z');
const shown = (state: string) => join(state, 'de-tech-assessment-2022', 'data');

let folder: string;
let state: string;
let data: string;
const started: Upstream[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'upstream-'));
  [state, data] = [join(folder, 'state'), join(folder, 'data')];
  await mkdir(data);
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((upstream) => upstream.close()));
  await rm(folder, { recursive: true });
});

async function start(
  options: { data?: string; now?: () => number } = {},
): Promise<(path: string) => Promise<Response>> {
  const upstream = await startUpstream({ port: 0, state, now: () => now, ...options });
  started.push(upstream);
  return (path) => fetch(`${upstream.url}${path}`);
}

async function give(pipeline: string, name: string, content: string | Buffer, modified?: string): Promise<void> {
  await mkdir(join(data, pipeline), { recursive: true });
  await writeFile(join(data, pipeline, name), content);
  if (modified) await utimes(join(data, pipeline, name), new Date(modified), new Date(modified));
}

const quake = (id: string, time: string, updated = 0) => ({
  type: 'Feature',
  id,
  properties: { time: Date.parse(time), updated },
  geometry: null,
});
const collection = (...features: unknown[]) => JSON.stringify({ type: 'FeatureCollection', features });
const query = (from: string, to: string, more = '') =>
  `/fdsnws/event/1/query?format=geojson&starttime=${from}&endtime=${to}&orderby=time-asc${more}`;

interface Answer {
  metadata: { count: number };
  features: { id: string; properties: { time: number } }[];
}
const ids = async (response: Response) => ((await response.json()) as Answer).features.map(({ id }) => id);

describe('the samples', () => {
  test('cover what they are known to cover', async () => {
    const get = await start();
    expect(await (await get('/coverage')).json()).toMatchObject({
      earthquakes: { from: '2018-01-31T01:00:00Z', to: '2018-02-07T02:00:00Z', simulated: false, waiting: [] },
      door2door: { from: '2022-11-24T10:00:00Z', to: '2022-11-24T12:00:00Z', simulated: true, waiting: [] },
      spacex: { snapshotAt: '2022-11-25T01:00:00Z', simulated: true },
    });
  });

  test('the week holds 1,707 earthquakes, in order', async () => {
    const get = await start();
    const answer = (await (await get(query('2018-01-31', '2018-02-08'))).json()) as Answer;
    const times = answer.features.map(({ properties }) => properties.time);
    expect(answer.metadata.count).toBe(1707);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  test('launches say that they are simulated, and are not in order', async () => {
    const get = await start();
    const launches = (await (await get('/v4/launches')).json()) as { name: string; date_utc: string }[];
    expect(launches).toHaveLength(12);
    for (const { name } of launches) expect(name).toMatch(/^Simulated-\d+$/);
    const dates = launches.map(({ date_utc }) => date_utc);
    expect(dates).not.toEqual(dates.toSorted());
  });

  test('the fleet writes the same files, modified when they were sent, without a last newline', async () => {
    await start();
    const names = await readdir(shown(state));
    expect(names).toHaveLength(180);
    const first = join(shown(state), '2022-11-24-10-0-4-events.json');
    expect((await stat(first)).mtime.toISOString()).toBe('2022-11-24T10:00:04.000Z');
    expect((await readFile(first, 'utf8')).endsWith('}')).toBe(true);
  });

  test('a damaged sample is written anew, a whole one is left', async () => {
    await start();
    const name = '2022-11-24-10-0-44-events.json';
    const before = await stat(join(shown(state), name));
    await start();
    expect((await stat(join(shown(state), name))).ino).toBe(before.ino);
    await writeFile(join(shown(state), name), 'half');
    await start();
    expect((await stat(join(shown(state), name))).size).toBe(before.size);
  });
});

describe('--data', () => {
  test('endtime is included, times without a zone are UTC', async () => {
    await give(
      'earthquakes',
      'a.geojson',
      collection(
        quake('early', '2020-01-01T09:59:59.999Z'),
        quake('start', '2020-01-01T10:00:00Z'),
        quake('end', '2020-01-01T11:00:00Z'),
        quake('late', '2020-01-01T11:00:00.001Z'),
      ),
    );
    const get = await start({ data });
    expect(await ids(await get(query('2020-01-01T10:00:00Z', '2020-01-01T11:00:00')))).toEqual(['start', 'end']);
  });

  test('minmagnitude leaves out what is smaller', async () => {
    const get = await start();
    const week = query('2018-01-31T01:00:00Z', '2018-02-07T02:00:00Z');
    expect(await ids(await get(week))).toHaveLength(1707);
    expect(await ids(await get(`${week}&minmagnitude=4.5`))).toHaveLength(85);
  });

  test('nothing found is an empty list', async () => {
    const response = await (await start())(query('2010-01-01', '2010-01-02'));
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ metadata: { count: 0 }, features: [] });
  });

  test.each([
    '&starttime=soon',
    '&endtime=',
    '&format=csv',
    '&orderby=size',
    '&limit=0',
    '&minmagnitude=big',
    '&minmagnitude=',
    '&colour=red',
  ])('bad parameters are told: %s', async (bad) => {
    const get = await start();
    const name = bad.split('=')[0] ?? '';
    const path = query('2018-01-31', '2018-02-01').replace(
      new RegExp(`${name}=[^&]*|${name.replace('&', '')}=[^&]*&`),
      '',
    );
    const response = await get(path + bad);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(name.slice(1));
  });

  test('an event in several files is shown once, as last updated', async () => {
    await give('earthquakes', '1.json', collection(quake('a', '2020-01-01T10:30:00Z', 2)));
    await give('earthquakes', '2.json.gz', gzipSync(collection(quake('a', '2020-01-01T10:20:00Z', 1))));
    const get = await start({ data });
    const answer = (await (await get(query('2020-01-01', '2020-01-02'))).json()) as Answer;
    expect(answer.features.map(({ properties }) => properties.time)).toEqual([Date.parse('2020-01-01T10:30:00Z')]);
  });

  test('only due hours are covered, the rest waits', async () => {
    await give(
      'earthquakes',
      'a.json',
      collection(quake('a', '2025-12-31T20:10:00Z'), quake('b', '2025-12-31T23:10:00Z')),
    );
    await give('door2door', 'early.json', '{}', '2025-12-31T22:59:59Z');
    await give('door2door', 'now.json', '{}', '2025-12-31T23:00:00Z');
    const get = await start({ data, now: () => now + 5 * 60_000 - 1 });
    expect(await (await get('/coverage')).json()).toMatchObject({
      earthquakes: { from: '2025-12-31T20:00:00Z', to: '2025-12-31T21:00:00Z', waiting: ['b'] },
      door2door: { from: '2025-12-31T22:00:00Z', to: '2025-12-31T23:00:00Z', simulated: false, waiting: ['now.json'] },
      spacex: { simulated: true },
    });
  });

  test('nothing complete is an empty range', async () => {
    await give('door2door', 'now.json', '{}', '2026-01-01T00:00:00Z');
    const get = await start({ data });
    const { door2door } = (await (await get('/coverage')).json()) as { door2door: { from: string; to: string } };
    expect(door2door.from).toBe(door2door.to);
  });

  test('files of the fleet keep their times, and no sample remains', async () => {
    await start();
    await give('door2door', 'real.json', '{}', '2023-05-05T05:05:05Z');
    await start({ data });
    expect(await readdir(shown(state))).toEqual(['real.json']);
    expect((await stat(join(shown(state), 'real.json'))).mtime.toISOString()).toBe('2023-05-05T05:05:05.000Z');
    await start();
    expect(await readdir(shown(state))).toHaveLength(180);
    expect(await readdir(join(data, 'door2door'))).toEqual(['real.json']);
  });

  test('one file of launches is served as it is, several are joined', async () => {
    await give('spacex', '1.json', '[ {"id": 9007199254740993} ]\n');
    expect(await (await (await start({ data }))('/v4/launches')).text()).toBe('[ {"id": 9007199254740993} ]\n');
    await give('spacex', '2.json', '[]');
    await give('spacex', '3.json', '[{"id":[2]}]');
    expect(await (await (await start({ data }))('/v4/launches')).json()).toHaveLength(2);
  });

  test.each([
    ['spacex', 'broken.json', '[{"id":', 'is not valid JSON'],
    ['spacex', 'object.json', '{}', 'is not a JSON array'],
    ['earthquakes', 'list.json', '[]', 'is not a GeoJSON FeatureCollection'],
    ['earthquakes', 'short.json.gz', gzipSync('[]').subarray(0, 12), 'cannot read'],
  ])('a corrupt file is named: %s/%s', async (pipeline, name, content, problem) => {
    await give(pipeline, name, content);
    const error: unknown = await start({ data }).catch((error: unknown) => error);
    expect((error as Error).message).toContain(join(data, pipeline, name));
    expect((error as Error).message).toContain(problem);
  });

  test('a folder that does not exist is named', async () => {
    await expect(start({ data: join(folder, 'nowhere') })).rejects.toThrow(join(folder, 'nowhere'));
  });
});
