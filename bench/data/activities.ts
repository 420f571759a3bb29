import { spawn } from 'node:child_process';
import { createReadStream, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { Dependencies } from '../../activities/dependencies.js';
import { parquet } from '../../activities/parquet.js';
import { validate, validatePart } from '../../activities/validate.js';
import { putJson, s3Store } from '../../lake/object-store.js';
import { childEnvironment } from '../../local/child-environment.js';
import { stateCredentials } from '../../local/credentials.js';
import { freePorts } from '../../local/ports.js';
import { productEnvironment } from '../../local/product-environment.js';
import { s3 } from '../../local/services/s3.js';
import { examples } from '../../local/paths.js';
import { keys } from '../../model/keys.js';
import type { Encoded, ExtractManifest, Validated } from '../../model/plan.js';
import { threadPool } from '../../worker/threads.js';
import { cutParts } from './cut-parts.js';
import { lakeBucket, pipelineOf, planOf, rawBucket, rawPart, runOf } from './work.js';

// usage: activities.ts <set> <data file> <threads>; the real steps on a real S3 server, raw object to Parquet object
const [set = '', data = '', threads = '1'] = process.argv.slice(2);
const pipeline = pipelineOf(set);
const run = runOf(pipeline);
const plan = planOf(pipeline);

const folder = mkdtempSync(join(tmpdir(), 'waterclock-bench-'));
for (const bucket of [rawBucket, lakeBucket]) mkdirSync(join(folder, 's3', bucket), { recursive: true });
const ports = await freePorts();
const credentials = stateCredentials(folder);
const service = s3({ state: folder, ports, credentials, environment: childEnvironment(process.env) });
const server = spawn(service.command, service.args, { env: service.environment, stdio: 'ignore' });
Object.assign(process.env, productEnvironment({ ports, credentials, project: examples }));

const options = { forcePathStyle: true };
const store = s3Store(options);
const pool = threadPool({
  store: options,
  project: new URL('definitions.ts', import.meta.url).href,
  threads: Number(threads),
});
try {
  const parts = await upload();
  const extracted = await putJson(store, { bucket: lakeBucket, key: keys.step(run, 'extract') }, manifest(parts));
  const stalls = monitorEventLoopDelay({ resolution: 5 });
  stalls.enable();
  const started = performance.now();
  const dependencies = { store, threads: pool } as unknown as Dependencies;
  const activity = new MockActivityEnvironment({ heartbeatTimeoutMs: 10_000 });
  const step = { run, plan };
  await Promise.all(parts.map((_, part) => activity.run(validatePart(dependencies), { ...step, extracted, part })));
  const validated = (await activity.run(validate(dependencies), { ...step, extracted })) as Validated;
  let rows = 0;
  for (const { plan: entity } of pipeline.entities) {
    const encoded = (await activity.run(parquet(dependencies), {
      ...step,
      entity: entity.name,
      validated: validated.manifest,
    })) as Encoded;
    rows += encoded.rows;
  }
  const ms = performance.now() - started;
  const { records } = validated.counts;
  console.log(
    JSON.stringify({ rows: records, bad: records - rows, ms, stallMs: stalls.max / 1e6, peakMb: ownPeakMb() }),
  );
} finally {
  await pool.close();
  server.kill();
  rmSync(folder, { recursive: true, force: true });
}

/** as an extract leaves them: newline-aligned, of at most 32 MB */
async function upload() {
  for (let tries = 0; ; tries++) {
    try {
      await store.exists({ bucket: rawBucket, key: 'none' });
      break;
    } catch (error) {
      if (tries > 100) throw error;
      await sleep(100);
    }
  }
  const cut = cutParts(data, 32 * 1024 * 1024);
  for (const [part, { start, end }] of cut.entries()) {
    await store.upload({ bucket: rawBucket, key: `part-${part}` }, createReadStream(data, { start, end: end - 1 }));
  }
  return cut.map(({ start, end }, part) => rawPart(`part-${part}`, end - start));
}

function manifest(parts: ExtractManifest['parts']): ExtractManifest {
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  return { step: 'extract', run, bucket: rawBucket, source: pipeline.source, parts, files: parts.length, bytes };
}

/** of this process, its threads included; the S3 server is another */
function ownPeakMb(): number | undefined {
  try {
    const [, kib] = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    return kib === undefined ? undefined : (Number(kib) * 1024) / 1e6;
  } catch {
    return undefined;
  }
}
