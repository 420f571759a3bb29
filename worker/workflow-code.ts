import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { WorkflowBundleOption } from '@temporalio/worker';

/** the bundle that was built into the image, which spares every start its bundling; that of the source where there is none */
export async function workflowCode(): Promise<WorkflowBundleOption> {
  const codePath = fileURLToPath(new URL('workflow-bundle.js', import.meta.url));
  return existsSync(codePath) ? { codePath } : { code: await bundled() };
}

/** in a process of its own: what bundling takes, 150 MB, would stay with this one for good */
async function bundled(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'waterclock-workflows-'));
  try {
    const file = join(folder, 'bundle.js');
    const script = fileURLToPath(new URL('bundle-workflows.ts', import.meta.url));
    await promisify(execFile)(process.execPath, [...process.execArgv, script, file]);
    return await readFile(file, 'utf8');
  } finally {
    await rm(folder, { recursive: true });
  }
}
