import { definePipeline, entitiesFromYaml, s3Objects } from 'waterclock';

export const door2doorPipeline = definePipeline({
  name: 'door2door',
  description: 'Vehicle positions and operating periods of the Door2Door fleet, by the hour their files appeared',
  schedule: { every: '1 hour', offset: '5 minutes', start: '2022-11-24T10:00:00Z', catchup: '7 days' },
  deadline: '30 minutes',
  // an upload in parts is listed when it ends, under the time at which it began
  settle: ['1 hour', '1 day'],
  source: s3Objects({
    bucket: 'de-tech-assessment-2022',
    prefix: 'data/',
    modifiedIn: 'interval',
    region: 'eu-central-1',
    anonymous: true,
  }),
  rawBucket: 'door2door-files',
  entities: entitiesFromYaml(new URL('entities.yaml', import.meta.url)),
  dbt: { select: 'tag:door2door' },
});
