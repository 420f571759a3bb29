import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { workerMemory } from '../../local/worker-memory.js';

const folder = mkdtempSync(join(tmpdir(), 'waterclock-memory-'));
afterAll(() => rmSync(folder, { recursive: true }));

const node = promisify(execFile);
const inFolder = (rows: number) => join(folder, `a${rows}.ndjson`);

/** the real steps on a real S3 server, two threads, in a process of their own */
async function work(rows: number): Promise<{ rows: number; stallMs: number; peakMb: number }> {
  const args = ['--no-warnings', '--import', 'tsx', 'bench/data/activities.ts', `a${rows}`, inFolder(rows), '2'];
  const { stdout } = await node(process.execPath, args, { env: { ...process.env, ...workerMemory } });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { rows: number; stallMs: number; peakMb: number };
}

const sizes = [1_000_000, 4_000_000];

beforeAll(async () => {
  for (const rows of sizes) await node(process.execPath, ['bench/data/gen.mjs', 'a', String(rows), inFolder(rows)]);
}, 300_000);

// a peak also depends on when the collector ran, by a tenth: what grows with the rows does so each time
const often = { timeout: 900_000, retry: 2 };

test('four times the rows take no more memory, and no heartbeat waits for a thread', often, async () => {
  const [few, many] = [await work(1_000_000), await work(4_000_000)];
  process.stderr.write(`peak ${few.peakMb.toFixed(0)} and ${many.peakMb.toFixed(0)} MB, `);
  process.stderr.write(`longest stalls ${few.stallMs.toFixed(0)} and ${many.stallMs.toFixed(0)} ms\n`);
  expect(many.rows).toBe(4_000_000);
  expect(many.peakMb).toBeLessThan(few.peakMb * 1.1);
  expect(many.peakMb).toBeLessThan(600);
  expect(Math.max(few.stallMs, many.stallMs)).toBeLessThan(200);
});
