import { defineEntity, definePipeline, httpJson } from 'waterclock';
import { z } from 'zod';

const millis = () => z.int().meta({ epochMillis: true });
const text = (bytes: number) => z.string().meta({ bytes });
const leftOut = z.unknown().optional().meta({ column: false });

const earthquakes = defineEntity({
  name: 'earthquakes',
  description: 'One row per seismic event, as last updated by its network.',
  mode: 'merge',
  key: ['id'],
  order: ['updated'],
  schema: z.object({
    type: leftOut,
    id: text(64).describe('event id, unique worldwide'),
    properties: z.object({
      time: millis().meta({ column: 'time', description: 'when it happened, UTC' }),
      updated: millis().meta({ column: 'updated', description: 'when its network last changed it, UTC' }),
      mag: z.number().nullable().meta({ column: 'magnitude', description: 'magnitude, by the method magnitude_type' }),
      magType: text(16)
        .nullish()
        .meta({ column: 'magnitude_type', description: 'method or algorithm of the magnitude' }),
      place: text(512).nullable().meta({ column: 'place', description: 'named place nearby, in words' }),
      type: text(64).meta({ column: 'event_type', description: 'earthquake, quarry blast, ...' }),
      status: text(32).meta({ column: 'status', description: 'automatic or reviewed' }),
      net: text(16).meta({ column: 'network', description: 'code of the network that contributed it' }),
      sig: z.int32().nullable().meta({ column: 'significance', description: '0 to 1000 and above' }),
      tsunami: z.int32().meta({ column: 'tsunami', description: '1 for large events in oceanic regions' }),
      felt: z.int32().nullish().meta({ column: 'felt_reports', description: 'people who reported that they felt it' }),
      alert: text(16).nullish().meta({ column: 'alert', description: 'PAGER level: green to red' }),
      nst: z.int32().nullish().meta({ column: 'stations', description: 'stations that located it' }),
      gap: z.number().nullish().meta({ column: 'azimuthal_gap', description: 'degrees' }),
      rms: z.number().nullish().meta({ column: 'residual', description: 'seconds, root mean square' }),
      url: text(512).meta({ column: 'url', description: 'its page at the USGS' }),
      cdi: leftOut,
      code: leftOut,
      detail: leftOut,
      dmin: leftOut,
      ids: leftOut,
      mmi: leftOut,
      sources: leftOut,
      title: leftOut,
      types: leftOut,
      tz: leftOut,
    }),
    geometry: z.object({
      type: leftOut,
      coordinates: z.tuple([
        z.number().meta({ column: 'longitude', description: 'degrees east' }),
        z.number().meta({ column: 'latitude', description: 'degrees north' }),
        z.number().nullable().meta({ column: 'depth_km', description: 'depth below sea level, km' }),
      ]),
    }),
  }),
});

export const earthquakesPipeline = definePipeline({
  name: 'earthquakes',
  description: 'Seismic events of the USGS, by the hour in which they happened',
  owner: 'data-platform',
  tags: ['public'],
  schedule: { every: '1 hour', offset: '10 minutes', catchup: '2 days' },
  deadline: '30 minutes',
  source: httpJson({
    url: 'https://earthquake.usgs.gov/fdsnws/event/1/query',
    query: {
      format: 'geojson',
      starttime: '{start}',
      endtime: '{end}',
      orderby: 'time-asc',
      minmagnitude: '{params.minmagnitude}',
    },
    records: { form: 'json', at: 'features' },
  }),
  params: z.object({
    minmagnitude: z.number().min(-2).max(10).optional().describe('only events of this magnitude or above'),
  }),
  // the endpoint's endtime is inclusive
  eventTime: 'properties.time',
  entities: [earthquakes],
  dbt: { select: 'tag:earthquakes' },
});
