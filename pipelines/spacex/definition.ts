import { z } from 'zod';
import { defineEntity, definePipeline } from '../../schema/pipeline.js';
import { httpJson } from '../../sources/declare.js';

const text = (bytes: number) => z.string().meta({ bytes });
const time = () => z.iso.datetime();

const launches = defineEntity({
  name: 'launches',
  description: 'Every launch, past and upcoming, as the API shows it today.',
  mode: 'replace',
  key: ['launch_id'],
  schema: z.object({
    id: text(64).meta({ column: 'launch_id' }),
    flight_number: z.int32(),
    name: text(256).meta({ column: 'launch_name' }),
    date_utc: time().meta({ column: 'launch_at', description: 'planned time for upcoming launches, UTC' }),
    date_precision: text(16),
    upcoming: z.boolean(),
    success: z.boolean().nullable().describe('unknown for upcoming launches'),
    rocket: text(64).nullable().meta({ column: 'rocket_id' }),
    launchpad: text(64).nullable().meta({ column: 'launchpad_id' }),
    window: z.int32().nullish().meta({ column: 'window_seconds' }),
    details: text(8192).nullish(),
    static_fire_date_utc: time().nullish().meta({ column: 'static_fire_at' }),
    failures: z.array(z.unknown()).describe('time, altitude and reason of each failure'),
    links: z
      .object({
        webcast: text(512).nullish(),
        article: text(1024).nullish(),
        wikipedia: text(512).nullish(),
      })
      .nullish(),
  }),
});

const launchCores = defineEntity({
  name: 'launch_cores',
  description: 'The first-stage cores of each launch, by their position in it.',
  mode: 'replace',
  key: ['launch_id', 'position'],
  rows: coresOf,
  schema: z.object({
    launch_id: text(64),
    position: z.int32().describe('place in the list of cores, from 0'),
    core: text(64).nullable().meta({ column: 'core_id', description: 'null while no core is assigned' }),
    flight: z.int32().nullable().describe('how many flights of this core, this one included'),
    reused: z.boolean().nullable(),
    gridfins: z.boolean().nullish(),
    legs: z.boolean().nullish(),
    landing_attempt: z.boolean().nullish(),
    landing_success: z.boolean().nullish(),
    landing_type: text(16).nullish(),
    landpad: text(64).nullish().meta({ column: 'landpad_id' }),
  }),
});

/** one row a core; a launch without a list of cores is left to the schema to reject */
function coresOf(record: unknown): unknown[] {
  const { id, cores } = record as { id?: unknown; cores?: unknown };
  if (!Array.isArray(cores)) return [{ launch_id: id, cores }];
  return cores.map((core: unknown, position) => ({ launch_id: id, position, ...(core as object) }));
}

export const spacexPipeline = definePipeline({
  name: 'spacex',
  description: 'Launches of the SpaceX API and the cores they flew on, a snapshot a day',
  schedule: { every: '1 day', offset: '1 hour' },
  deadline: '2 hours',
  source: httpJson({ url: 'https://api.spacexdata.com/v4/launches', snapshot: true }),
  entities: [launches, launchCores],
  dbt: { select: 'tag:spacex' },
});
