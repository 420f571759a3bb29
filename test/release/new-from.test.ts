import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ownProject, type OwnProject } from '../support/own-project.js';
import { sharedFolder, there } from '../support/real-samples.js';
import { smallBucket, type SmallBucket } from '../support/small-bucket.js';
import { world, type World } from '../support/world.js';

let project: OwnProject;
let server: Server;
let bucket: SmallBucket;
let service: World;

const isBucket = (byHand: string[]) => byHand.some((line) => line.startsWith('bucket:'));

beforeAll(async () => {
  if (there.length === 0) return;
  project = await ownProject();
  for (const { file, name } of there) {
    const made = project.waterclock('new', name, '--from', resolve(sharedFolder, file));
    if ((await made.ended) !== 0) throw new Error(made.output());
  }
  server = createServer(({ url }, response) => {
    const one = there.find(({ name }) => url === `/${name}`);
    response.end(one ? readFileSync(resolve(sharedFolder, one.file)) : undefined);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  bucket = await smallBucket(
    there.map(({ file, name }) => ({
      key: `${name}/${basename(file)}`,
      modified: '2022-11-24T10:05:00Z',
      body: readFileSync(resolve(sharedFolder, file)),
    })),
  );
  const http = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const sources = there.map(({ name, byHand }) => [
    `WATERCLOCK_SOURCE_${name.toUpperCase()}`,
    isBucket(byHand) ? bucket.url : `${http}/${name}`,
  ]);
  service = await world({ WATERCLOCK_PROJECT: project.folder, ...(Object.fromEntries(sources) as object) });
  await service.startWorker();
}, 600_000);
afterAll(async () => {
  await service?.close();
  bucket?.close();
  server?.close();
  project?.remove();
});

test.skipIf(there.length === 0)(`the real files (skipped without ${sharedFolder})`, () => {
  expect(there.length).toBeGreaterThan(0);
});

test.for(there)(
  '$file loads every record by the definition that was made from it',
  async ({ name, records, rows, byHand }) => {
    const when = isBucket(byHand) ? ['--interval', '2022-11-24T10:00:00Z'] : [];
    const run = await service.waterclock('run', name, ...when, '--dbt', 'skip', '--wait');
    expect(run).toMatchObject({ code: 0, json: { status: 'completed' } });
    const [counts] = await service.query(
      `select records, ignored, dropped from monitor_db.ingestor_executions_latest where pipeline = '${name}'`,
    );
    expect(counts).toMatchObject({ records, ignored: 0, dropped: 0 });
    for (const [entity, loaded] of Object.entries(rows)) {
      const table = `${name}.${entity === 'probe' ? name : entity}`;
      expect(await service.query(`select count(*) as n from ${table}`)).toEqual([{ n: loaded }]);
    }
  },
);
