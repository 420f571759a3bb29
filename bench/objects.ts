import { MockActivityEnvironment } from '@temporalio/testing';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { Dependencies } from '../activities/dependencies.js';
import { extractRange } from '../activities/extract-objects.js';
import { extract } from '../activities/extract.js';
import { validatePart } from '../activities/threads/validate-part.js';
import { defineEntity } from '../define/entity.js';
import { definePipeline } from '../define/pipeline.js';
import type { ObjectStore } from '../lake/object-store.js';
import { eachParts } from '../lake/raw-parts.js';
import type { ExtractManifest, ObjectRef, Plan } from '../model/plan.js';
import { s3Objects } from '../sources/declare.js';

/** keys under the prefix; those of one hour are 20,000 gzip objects */
const total = Number(process.argv[2] ?? 20_000);
/** `modified` lists every key, `key` those from the hour on */
const by = process.argv[3] === 'key' ? 'key' : 'modified';

const bucket = fork(new URL('./objects-bucket.ts', import.meta.url), [String(total)], {
  execArgv: ['--import', 'tsx'],
});
const [url] = (await once(bucket, 'message')) as [string];
const folder = mkdtempSync(join(tmpdir(), 'objects-'));
const store = folderStore(folder);
try {
  await measure();
} finally {
  bucket.kill();
  rmSync(folder, { recursive: true });
}

async function measure(): Promise<void> {
  const rows = defineEntity({ name: 'rows', mode: 'append', schema: z.object({ id: z.string(), n: z.int() }) });
  const pipeline = definePipeline({
    name: 'objects',
    description: 'many small objects',
    schedule: { every: '1 hour' },
    source: s3Objects({
      bucket: 'b',
      prefix: 'logs/',
      anonymous: true,
      timeFrom: by === 'key' ? { key: '%Y/%m/%d/%H/*' } : 'modified',
    }),
    entities: [rows],
  });
  const interval = { start: '2022-11-24T10:00:00Z', end: '2022-11-24T11:00:00Z' };
  const run = { pipeline: 'objects', interval, workflowId: 'objects', runId: 'r', trigger: 'manual' as const };
  const plan = {
    source: pipeline.source,
    entities: [rows.plan],
    rawBucket: 'raw',
    lakeBucket: 'lake',
    maxRejected: pipeline.maxRejected,
  } as unknown as Plan;
  const dependencies = {
    store,
    pipelines: [pipeline],
    environment: {},
    settings: { sources: { objects: url }, sourceLimits: { bytes: 1e9, bytesPerSecond: 1 } },
  } as unknown as Dependencies;
  const doing = <T>(work: () => Promise<T>) =>
    new MockActivityEnvironment({ heartbeatTimeoutMs: 10_000 }).run(work) as Promise<T>;
  const timed = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    const [began, cpu] = [performance.now(), process.cpuUsage()];
    const result = await work();
    const { user, system } = process.cpuUsage(cpu);
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    const peak = Math.round(process.resourceUsage().maxRSS / 1024);
    process.stdout.write(`${what}: ${seconds} s (${((user + system) / 1e6).toFixed(1)} s CPU), peak ${peak} MB\n`);
    return result;
  };

  const given = { run, plan };
  const { ranges = 0 } = await timed('list', () => doing(() => extract(dependencies)({ ...given, spreads: true })));
  await timed(`extract ${ranges} ranges`, async () => {
    for (let range = 0; range < ranges; range++) await doing(() => extractRange(dependencies)({ ...given, range }));
  });
  const { manifest, parts, files, bytes } = await timed('add up', () => doing(() => extract(dependencies)(given)));
  process.stdout.write(`${files} objects, ${parts} parts, ${bytes} bytes\n`);
  const counts = await timed('validate', async () => {
    const read = JSON.parse(await readFile(join(folder, manifest.bucket, manifest.key), 'utf8')) as ExtractManifest;
    let part = 0;
    let routed = 0;
    for await (const some of eachParts(store, read))
      for (const raw of some) {
        const task = { run, plan, part: part++, raw, rawBucket: 'raw' };
        routed += (await validatePart(task, [pipeline], () => undefined, store)).counts.routed;
      }
    return routed;
  });
  process.stdout.write(`${counts} rows\n`);
}

/** a lake in a folder: what is measured is the program, not a server */
function folderStore(root: string): ObjectStore {
  const at = ({ bucket, key }: ObjectRef) => join(root, bucket, key);
  const put = async (ref: ObjectRef, body: Uint8Array | string) => {
    mkdirSync(dirname(at(ref)), { recursive: true });
    writeFileSync(at(ref), body);
  };
  const absent = () => {
    throw new Error('nobody asks for it here');
  };
  return {
    put,
    async upload(ref, body) {
      const pieces: Uint8Array[] = [];
      for await (const piece of body) pieces.push(piece);
      await put(ref, Buffer.concat(pieces));
      return Buffer.concat(pieces).length;
    },
    get: (ref) => readFile(at(ref)),
    stream: async (ref) => createReadStream(at(ref)),
    exists: async (ref) => existsSync(at(ref)),
    range: absent,
    list: absent,
    tag: absent,
  };
}
