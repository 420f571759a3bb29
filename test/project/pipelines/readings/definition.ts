import { defineEntity, definePipeline, httpJson } from 'waterclock';
import { z } from 'zod';

const millis = () => z.int().meta({ epochMillis: true });
const text = (bytes: number) => z.string().meta({ bytes });
const leftOut = z.unknown().optional().meta({ column: false });

const readings = defineEntity({
  name: 'readings',
  description: 'One row per reading of a water gauge, as last corrected.',
  mode: 'merge',
  key: ['id'],
  order: ['updated'],
  schema: z.object({
    type: leftOut,
    id: text(64).describe('id of the reading'),
    properties: z.object({
      time: millis().meta({ column: 'time', description: 'when it was taken, UTC' }),
      updated: millis().meta({ column: 'updated', description: 'when it was last corrected, UTC' }),
      level: z.number().nullable().meta({ column: 'level', description: 'metres; null when the gauge was dry' }),
      place: text(512).nullable().meta({ column: 'place', description: 'named place nearby' }),
      station: text(16).meta({ column: 'station', description: 'code of the station' }),
      quality: z.int32().nullable().meta({ column: 'quality', description: '0 to 1000' }),
      reports: z.int32().nullish().meta({ column: 'reports', description: 'people who reported a flood' }),
      battery: z.number().nullish().meta({ column: 'battery', description: 'volts' }),
      samples: z.int32().nullish().meta({ column: 'samples', description: 'measurements that it is the mean of' }),
      url: text(512).meta({ column: 'url', description: 'page of the station' }),
    }),
    geometry: z.object({
      type: leftOut,
      coordinates: z.tuple([
        z.number().meta({ column: 'longitude', description: 'degrees east' }),
        z.number().meta({ column: 'latitude', description: 'degrees north' }),
      ]),
    }),
  }),
});

/** an API that is asked by time, whose end is inclusive; rows are merged */
export const readingsPipeline = definePipeline({
  name: 'readings',
  description: 'Levels of water gauges, by the hour in which they were taken',
  owner: 'data-platform',
  tags: ['public'],
  schedule: { every: '1 hour', offset: '10 minutes', catchup: '2 days' },
  deadline: '30 minutes',
  source: httpJson({
    url: 'https://gauges.example.com/v1/readings',
    query: { starttime: '{start}', endtime: '{end}', minlevel: '{params.minlevel}' },
    records: { form: 'json', at: 'features' },
  }),
  params: z.object({
    minlevel: z.number().min(-2).max(10).optional().describe('only readings of this level or above'),
  }),
  eventTime: 'properties.time',
  entities: [readings],
  dbt: { select: 'tag:readings' },
});
