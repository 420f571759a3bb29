import { mkdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { cutFiles } from '../../activities/threads/cut-files.js';
import { encodeFile } from '../../activities/threads/encode-file.js';
import { validatePart } from '../../activities/threads/validate-part.js';
import type { FileForm } from '../../lake/parquet.js';
import { fileColumns } from '../../columns/table-columns.js';
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
const { counts, entities } = await validatePart({ run, plan, part: 0, raw, rawBucket }, [pipeline], sign, store);
const validated = performance.now();
let rejected = counts.unparseable;
const files: string[] = [];
for (const { plan: entity } of pipeline.entities) {
  const { stage = [], rejected: refused = 0 } = entities[entity.name] ?? {};
  rejected += refused;
  const form: FileForm = { columns: fileColumns(entity), codec: 'snappy' };
  for (const [file, batches] of cutFiles(stage).entries()) {
    const { key } = await encodeFile(
      { run, entity: entity.name, bucket: lakeBucket, file, batches, form },
      sign,
      store,
    );
    files.push(join(out, lakeBucket, key));
  }
}
const ms = performance.now() - started;
console.log(JSON.stringify({ rows: counts.records, bad: rejected, ms, validateMs: validated - started, files }));
