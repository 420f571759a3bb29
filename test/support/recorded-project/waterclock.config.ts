import { bearer, defineEntity, definePipeline, defineProject, http, s3Objects, secret, task } from 'waterclock';
import { z } from 'zod';
import project from '../../project/waterclock.config.js';
import { places } from './places.js';

const rows = defineEntity({ name: 'rows', mode: 'merge', key: ['id'], schema: z.object({ id: z.string() }) });
const common = {
  schedule: { every: '1 hour', start: '2022-11-24T00:00:00Z', catchup: '2 hours' },
  entities: [rows],
};
const objects = { bucket: places.source, region: 'eu-central-1' } as const;

/** the project of the tests, and what each thing needs that a pipeline may ask of AWS */
export default defineProject({
  pipelines: [
    ...project.pipelines,
    definePipeline({
      ...common,
      name: 'listed',
      description: 'objects of a bucket of others, once there is one',
      source: s3Objects({ ...objects, prefix: 'listed/', timeFrom: { key: '%Y/%m/%d/%H/*' } }),
      waitFor: { minimumObjects: 1, timeout: '5 minutes' },
      rawBucket: places.raw,
      settle: ['1 hour'],
    }),
    definePipeline({
      ...common,
      name: 'announced',
      description: 'objects that messages name',
      source: s3Objects({
        ...objects,
        prefix: 'announced/',
        timeFrom: { events: process.env['RECORDED_QUEUE'] ?? places.queue },
      }),
    }),
    definePipeline({
      ...common,
      name: 'borrowed',
      description: 'objects of a bucket that a role of its owner reads',
      source: s3Objects({
        ...objects,
        bucket: places.lent,
        prefix: 'borrowed/',
        timeFrom: { key: '%Y/%m/%d/%H/*' },
        role: places.role,
      }),
      waitFor: { minimumObjects: 1, timeout: '5 minutes' },
    }),
    definePipeline({
      ...common,
      name: 'programmed',
      description: 'a program beside the worker, which gets credentials for its prefix and writes nothing',
      source: task({ command: ['true'] }),
    }),
    definePipeline({
      ...common,
      name: 'asked',
      description: 'an API with a secret of Secrets Manager; a failure goes to every channel of AWS',
      source: http({ url: 'https://asked.example.com/rows', auth: bearer(secret('ASKED_TOKEN')) }),
      alerts: { failed: ['sns', 'email'] },
    }),
    definePipeline({
      ...common,
      name: 'following',
      description: 'comes after another, and once a marker is there',
      source: http({ url: 'https://following.example.com/rows' }),
      after: ['listed'],
      waitFor: { marker: `s3://${places.source}/ready/{dt}`, timeout: '5 minutes' },
    }),
  ],
});
