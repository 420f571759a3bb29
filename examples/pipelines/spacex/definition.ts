import { defineEntity, definePipeline, httpJson } from 'waterclock';
import { z } from 'zod';

const text = (bytes: number) => z.string().meta({ bytes });
const time = () => z.iso.datetime();
const leftOut = z.unknown().optional().meta({ column: false });

const launches = defineEntity({
  name: 'launches',
  description: 'Every launch, past and upcoming, as the API shows it today.',
  mode: 'replace',
  key: ['launch_id'],
  schema: z.object({
    id: text(64).meta({ column: 'launch_id', description: 'id of the launch' }),
    flight_number: z.int32().describe('number of the launch in the API'),
    name: text(256).meta({ column: 'launch_name', description: 'name of the mission' }),
    date_utc: time().meta({ column: 'launch_at', description: 'planned time for upcoming launches, UTC' }),
    date_precision: text(16).describe('half, quarter, year, month, day or hour'),
    upcoming: z.boolean().describe('planned, not flown'),
    success: z.boolean().nullable().describe('unknown for upcoming launches'),
    rocket: text(64).nullable().meta({ column: 'rocket_id', description: 'id of the rocket' }),
    launchpad: text(64).nullable().meta({ column: 'launchpad_id', description: 'id of the launch pad' }),
    window: z.int32().nullish().meta({ column: 'window_seconds', description: 'length of the launch window' }),
    details: text(8192).nullish().describe('what happened, in words'),
    static_fire_date_utc: time()
      .nullish()
      .meta({ column: 'static_fire_at', description: 'engine test before it, UTC' }),
    failures: z.array(z.unknown()).describe('time, altitude and reason of each failure'),
    links: z
      .object({
        webcast: text(512).nullish().describe('address of the video'),
        article: text(1024).nullish().describe('address of an article'),
        wikipedia: text(512).nullish().describe('address at Wikipedia'),
        flickr: leftOut,
        patch: leftOut,
        presskit: leftOut,
        reddit: leftOut,
        youtube_id: leftOut,
      })
      .nullish(),
    auto_update: leftOut,
    capsules: leftOut,
    cores: leftOut,
    crew: leftOut,
    date_local: leftOut,
    date_unix: leftOut,
    fairings: leftOut,
    launch_library_id: leftOut,
    net: leftOut,
    payloads: leftOut,
    ships: leftOut,
    static_fire_date_unix: leftOut,
    tbd: leftOut,
  }),
});

const launchCores = defineEntity({
  name: 'launch_cores',
  description: 'The first-stage cores of each launch, by their position in it.',
  mode: 'replace',
  key: ['launch_id', 'position'],
  rows: { each: 'cores', with: { launch_id: 'id' }, index: 'position' },
  schema: z.object({
    launch_id: text(64).describe('id of the launch'),
    position: z.int32().describe('place in the list of cores, from 0'),
    core: text(64).nullable().meta({ column: 'core_id', description: 'null while no core is assigned' }),
    flight: z.int32().nullable().describe('how many flights of this core, this one included'),
    reused: z.boolean().nullable().describe('flew before'),
    gridfins: z.boolean().nullish().describe('has grid fins'),
    legs: z.boolean().nullish().describe('has legs'),
    landing_attempt: z.boolean().nullish().describe('was to land'),
    landing_success: z.boolean().nullish().describe('landed'),
    landing_type: text(16).nullish().describe('RTLS, ASDS or Ocean'),
    landpad: text(64).nullish().meta({ column: 'landpad_id', description: 'id of the landing pad' }),
  }),
});

export const spacexPipeline = definePipeline({
  name: 'spacex',
  description: 'Launches of the SpaceX API and the cores they flew on, a snapshot a day',
  schedule: { every: '1 day', offset: '1 hour' },
  deadline: '2 hours',
  source: httpJson({ url: 'https://api.spacexdata.com/v4/launches', snapshot: true }),
  entities: [launches, launchCores],
  dbt: { select: 'tag:spacex' },
});
