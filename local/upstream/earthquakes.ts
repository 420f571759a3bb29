import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { duration } from '../../model/interval.js';
import { type Answer, plain } from './answer.js';
import { cover, type Coverage } from './coverage.js';
import { type DataFile, parseDataFile, readDataFiles } from './data-folder.js';
import { readQuery } from './fdsn-query.js';

const grid = { every: duration('1 hour'), offset: duration('10 minutes') };
const require = createRequire(import.meta.url);
const serviceVersion = '1.14.1';

const collection = z.object({ type: z.literal('FeatureCollection'), features: z.array(z.unknown()) });
const placed = z.object({
  id: z.unknown(),
  properties: z.object({
    time: z.number(),
    updated: z.number().catch(0).default(0),
    mag: z.number().nullable().catch(null).default(null),
  }),
});

interface Event {
  name: string;
  at: number;
  updated: number;
  magnitude: number | null;
  feature: unknown;
}

export interface Earthquakes {
  query(url: URL, now: number): Answer;
  coverage(now: number): Coverage;
}

/** the event service of the USGS over the user's files, or over the real week that vega-datasets carries */
export async function openEarthquakes(folder: string | undefined): Promise<Earthquakes> {
  const week = join(dirname(require.resolve('vega-datasets')), '..', 'data');
  const files = folder
    ? await readDataFiles(folder, ['.json', '.geojson'])
    : await readDataFiles(week, ['earthquakes.json']);
  const events = latestOfEach(files.flatMap(eventsOf));
  return {
    query: (url, now) => answerQuery(events, url, now),
    // the sample is a real week, not a simulated one
    coverage: (now) => cover(grid, events, now, false),
  };
}

function eventsOf(file: DataFile): Event[] {
  const parsed = collection.safeParse(parseDataFile(file));
  if (!parsed.success) throw new Error(`${file.path} is not a GeoJSON FeatureCollection`);
  return parsed.data.features.map((feature, index) => {
    const event = placed.safeParse(feature);
    if (!event.success) throw new Error(`${file.path}: feature ${index + 1} has no number in properties.time`);
    const { id, properties } = event.data;
    const name = typeof id === 'string' ? id : `${file.path} feature ${index + 1}`;
    const { time: at, updated, mag: magnitude } = properties;
    return { name, at, updated, magnitude, feature };
  });
}

/** files overlap when they are copies of one feed at several times; the service shows an event once */
function latestOfEach(events: Event[]): Event[] {
  const byName = new Map<string, Event>();
  for (const event of events) {
    if ((byName.get(event.name)?.updated ?? -Infinity) <= event.updated) byName.set(event.name, event);
  }
  return [...byName.values()].sort((a, b) => a.at - b.at || (a.name < b.name ? -1 : 1));
}

function answerQuery(events: Event[], url: URL, now: number): Answer {
  const query = readQuery(url.searchParams, now);
  if ('problem' in query) return badRequest(url, query.problem, now);
  const least = query.minMagnitude;
  const found = events.filter(
    ({ at, magnitude }) =>
      at >= query.start && at <= query.end && (least === undefined || (magnitude ?? -Infinity) >= least),
  );
  if (query.order === 'time') found.reverse();
  const shown = found.slice(0, query.limit);
  const metadata = {
    generated: now,
    url: `https://earthquake.usgs.gov${url.pathname}${url.search}`,
    title: 'USGS Earthquakes',
    status: 200,
    api: serviceVersion,
    count: shown.length,
  };
  // no event is no 204 in this format: the service answers an empty list
  const body = { type: 'FeatureCollection', metadata, features: shown.map(({ feature }) => feature) };
  return { status: 200, type: 'application/json; charset=utf-8', body: JSON.stringify(body) };
}

function badRequest(url: URL, problem: string, now: number): Answer {
  const lines = [
    'Error 400: Bad Request',
    problem,
    `Request:\n${url.pathname}${url.search}`,
    `Request Submitted:\n${new Date(now).toISOString()}`,
    `Service version:\n${serviceVersion}`,
  ];
  return plain(400, lines.join('\n\n'));
}
