import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/** real files that are not part of the repository: a machine without them skips what needs them */
export const sharedFolder = resolve(import.meta.dirname, '../../../shared');

export interface RealSample {
  file: string;
  /** name of a pipeline that is made from it */
  name: string;
  records: number;
  /** rows by entity; `probe` is the one that is named as the pipeline */
  rows: Record<string, number>;
  /** the lines that a person changes: where the source is. The schema of each loads every record as it is */
  byHand: string[];
}

const address = ["url: 'https://example.com/probe',", 'snapshot: true,'];
const bucket = ["bucket: 'your-bucket',", "prefix: 'probe/',"];

const sample = (
  file: string,
  name: string,
  records: number,
  rows: RealSample['rows'],
  byHand: string[],
): RealSample => ({ file, name, records, rows, byHand });

export const realSamples = [
  sample(
    'cases/runs/data/citibike_station_status.json',
    'stations',
    845,
    { probe: 845, eightd_active_station_services: 21 },
    address,
  ),
  sample('cases/runs/data/coingecko_rates.json', 'rates', 1, { probe: 61 }, address),
  sample('cases/runs/data/github_events.json', 'github', 30, { push_event: 15, commits: 22 }, address),
  sample('cases/runs/data/nasa_neo.json', 'neo', 1, { probe: 37 }, address),
  sample('cases/runs/data/open_meteo.json', 'weather', 1, { probe: 168 }, address),
  sample('data/door2door/2019-06-01-15-17-4-events.json', 'rides', 3, { vehicle: 2, operating_period: 1 }, bucket),
  sample('data/earthquakes/all_hour.geojson', 'quakes', 8, { probe: 8 }, address),
  sample('data/github-events/2021-07-21-few-hours.json', 'archive', 800, { probe: 800 }, bucket),
  sample('data/spacex/launches.json', 'launches', 132, { probe: 132, cores: 142 }, address),
];

export const there = realSamples.filter(({ file }) => existsSync(resolve(sharedFolder, file)));
