import { definePipeline, entitiesFromYaml, s3Objects } from 'waterclock';

/** objects of a public bucket, by the hour in which they were modified; two tables from one stream of events */
export const minibusesPipeline = definePipeline({
  name: 'minibuses',
  description: 'Positions and duties of minibuses, by the hour their files appeared',
  schedule: { every: '1 hour', offset: '5 minutes', start: '2022-11-24T10:00:00Z', catchup: '7 days' },
  deadline: '30 minutes',
  settle: ['1 hour', '1 day'],
  source: s3Objects({
    bucket: 'minibus-events',
    prefix: 'data/',
    modifiedIn: 'interval',
    region: 'eu-central-1',
    anonymous: true,
  }),
  rawBucket: 'minibus-raw',
  entities: entitiesFromYaml(new URL('entities.yaml', import.meta.url)),
  dbt: { select: 'tag:minibuses' },
});
