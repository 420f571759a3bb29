import { mkdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { validatePart } from '../../activities/threads/validate-part.js';
import { folderStore } from './folder-store.js';
import { lakeBucket, pipelineOf, planOf, rawBucket, rawPart, runOf } from './work.js';

// usage: in-process.ts <set> <data file> <output folder>; the work of a run's steps, one thread, objects as files
const [set = '', data = '', out = ''] = process.argv.slice(2);
const started = performance.now();

rmSync(out, { recursive: true, force: true });
mkdirSync(join(out, rawBucket), { recursive: true });
symlinkSync(data, join(out, rawBucket, 'part'));
const pipeline = pipelineOf(set);
const run = runOf(pipeline);
const plan = planOf(pipeline);
const store = folderStore(out);
const sign = () => undefined;

const raw = rawPart('part', statSync(data).size);
const task = { run, plan, part: 0, raw, rawBucket, alone: true as const };
const { counts, entities } = await validatePart(task, [pipeline], sign, store);
let rejected = counts.unparseable;
const files: string[] = [];
for (const { files: written, rejected: refused } of Object.values(entities)) {
  rejected += refused;
  for (const { key } of written) files.push(join(out, lakeBucket, key));
}
const ms = performance.now() - started;
console.log(JSON.stringify({ rows: counts.records, bad: rejected, ms, files }));
