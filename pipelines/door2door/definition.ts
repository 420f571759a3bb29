import { z } from 'zod';
import { defineEntity, definePipeline } from '../../schema/pipeline.js';
import { s3Objects } from '../../sources/declare.js';

const text = (bytes: number) => z.string().min(1).meta({ bytes });
const time = () => z.iso.datetime();

const vehicleLocation = defineEntity({
  name: 'vehicle_location',
  description: 'Where a vehicle was at a moment.',
  mode: 'merge',
  key: ['organization_id', 'vehicle_id', 'located_at'],
  order: ['event_at'],
  when: { on: 'vehicle', event: 'update' },
  schema: z.object({
    at: time().meta({ column: 'event_at', description: 'when the event was sent, UTC' }),
    organization_id: text(128).describe('whose vehicles'),
    data: z.object({
      id: text(128).meta({ column: 'vehicle_id', description: 'unique within its organization' }),
      location: z.object({
        lat: z.number().min(-90).max(90).nullable().meta({ column: 'latitude', description: 'degrees north' }),
        lng: z.number().min(-180).max(180).nullable().meta({ column: 'longitude', description: 'degrees east' }),
        at: time().meta({ column: 'located_at', description: 'when the position was taken, UTC' }),
      }),
    }),
  }),
});

const operatingPeriods = defineEntity({
  name: 'operating_periods',
  description: 'A period in which vehicles operate, by its latest event.',
  mode: 'merge',
  key: ['organization_id', 'operating_period_id'],
  order: ['event_at'],
  when: { on: 'operating_period', event: ['create', 'delete'] },
  schema: z.object({
    event: z
      .enum(['create', 'delete'])
      .meta({ bytes: 16, description: 'the latest event: delete marks the period deleted' }),
    at: time().meta({ column: 'event_at', description: 'when the event was sent, UTC' }),
    organization_id: text(128).describe('whose vehicles'),
    data: z.object({
      id: text(128).meta({ column: 'operating_period_id', description: 'unique within its organization' }),
      start: time().nullish().meta({ column: 'started_at', description: 'UTC' }),
      finish: time().nullish().meta({ column: 'finished_at', description: 'UTC' }),
    }),
  }),
});

export const door2doorPipeline = definePipeline({
  name: 'door2door',
  description: 'Vehicle positions and operating periods of the Door2Door fleet, by the hour their files appeared',
  schedule: { every: '1 hour', offset: '5 minutes', start: '2022-11-24T10:00:00Z', catchup: '7 days' },
  deadline: '30 minutes',
  source: s3Objects({
    bucket: 'de-tech-assessment-2022',
    prefix: 'data/',
    modifiedIn: 'interval',
    region: 'eu-central-1',
    anonymous: true,
  }),
  rawBucket: 'door2door-files',
  entities: [vehicleLocation, operatingPeriods],
  dbt: { select: 'tag:door2door' },
});
