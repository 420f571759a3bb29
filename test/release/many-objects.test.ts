import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ownProject } from '../support/own-project.js';
import { world, type World } from '../support/world.js';

const config = (by: string) => `import { defineEntity, definePipeline, defineProject, s3Objects } from 'waterclock';
import { z } from 'zod';

const rows = defineEntity({
  name: 'rows',
  mode: 'append',
  schema: z.object({ id: z.string().meta({ bytes: 64 }), n: z.int() }),
});

export default defineProject({
  pipelines: [
    definePipeline({
      name: 'objects',
      description: 'many small objects',
      schedule: { every: '1 hour' },
      source: s3Objects({ bucket: 'b', prefix: 'logs/', anonymous: true, timeFrom: ${by} }),
      entities: [rows],
    }),
  ],
});
`;

test.each([
  [20_000, `'modified'`],
  [2_000_000, `{ key: '%Y/%m/%d/%H/*' }`],
  [2_000_000, `'modified'`],
])('of %d keys, 20,000 gzip objects of one hour are one run, by %s', async (keys, by) => {
  const bucket = fork('bench/objects-bucket.ts', [String(keys)], { execArgv: ['--import', 'tsx'] });
  const [url] = (await once(bucket, 'message')) as [string];
  const project = await ownProject();
  project.write('waterclock.config.ts', config(by));
  let service: World | undefined;
  try {
    service = await world({ WATERCLOCK_PROJECT: project.folder, WATERCLOCK_SOURCE_OBJECTS: url });
    const worker = await service.startWorker();
    const began = Date.now();
    const interval = ['--interval', '2022-11-24T10:00:00Z'];
    const { json, stderr } = await service.waterclock('run', 'objects', ...interval, '--dbt', 'skip', '--wait');
    expect({ json, stderr }).toMatchObject({ json: { status: 'completed' } });
    expect(await service.query('select count(*) as loaded from objects.rows')).toEqual([{ loaded: 200_000 }]);
    const peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${worker.pid}/status`, 'utf8'))?.[1]) / 1024;
    process.stderr.write(
      `${keys} keys by ${by}: ${Math.round((Date.now() - began) / 1000)} s, worker's peak ${Math.round(peak)} MB\n`,
    );
    expect(peak).toBeLessThan(800);
  } finally {
    bucket.kill();
    await service?.close();
    project.remove();
  }
});
