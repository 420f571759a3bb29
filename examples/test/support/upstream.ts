import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startUpstream } from '../../../local/upstream/start-upstream.js';

const project = fileURLToPath(new URL('../..', import.meta.url));

/** asks the embedded upstream what it serves of a sample; `ask` gets the body of a path of a pipeline */
export async function withUpstream<Result>(use: (ask: (path: string) => Promise<unknown>) => Promise<Result>) {
  const state = mkdtempSync(join(tmpdir(), 'waterclock-samples-'));
  const upstream = await startUpstream({ port: 0, project, state });
  try {
    return await use(async (path) => (await fetch(upstream.url + path)).json());
  } finally {
    await upstream.close();
    rmSync(state, { recursive: true });
  }
}

/** the intervals that a sample covers, of a grid in milliseconds */
export const covered = (pipeline: string, every: number, offset: number) =>
  withUpstream((ask) => ask(`/coverage?pipeline=${pipeline}&grid=${JSON.stringify({ every, offset })}`));
