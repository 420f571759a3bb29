import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { ObjectStore } from '../lake/object-store.js';
import { keys } from '../model/keys.js';
import type { Settings } from '../model/settings.js';
import { CommandFailure, exitCodes } from './failure.js';

const run = promisify(execFile);
const index = 'index.html';

/** where the lake keeps the newest docs; one page that holds everything */
export const docsAt = ({ lakeBucket }: Settings) => ({ bucket: lakeBucket, key: keys.dbtArtifact('docs', index) });

/** lets dbt describe the project and what the warehouse has of it, and writes the page to the lake */
export async function makeDocs(settings: Settings, dbt: Settings['dbt'], store: ObjectStore): Promise<Uint8Array> {
  const { command, projectDir, target } = dbt;
  const project = resolve(projectDir);
  const folder = await mkdtemp(join(tmpdir(), 'waterclock-docs-'));
  try {
    await run(
      command,
      [
        ['docs', 'generate', '--static', '--project-dir', project, '--profiles-dir', project, '--target', target],
        ['--target-path', folder, '--log-path', folder, '--no-use-colors', '--no-version-check'],
      ].flat(),
      { maxBuffer: 64 * 1024 * 1024 },
    );
    const page = await readFile(join(folder, 'static_index.html'));
    await store.put(docsAt(settings), page);
    for (const file of ['manifest.json', 'catalog.json']) {
      const key = keys.dbtArtifact('docs', file);
      await store.put({ bucket: settings.lakeBucket, key }, await readFile(join(folder, file)));
    }
    return page;
  } catch (error) {
    throw new CommandFailure(exitCodes.failed, `dbt could not write its docs: ${reason(error)}`, { cause: error });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** dbt tells its errors on standard output */
function reason(error: unknown): string {
  const { code, stdout = '', stderr = '' } = error as NodeJS.ErrnoException & { stdout?: string; stderr?: string };
  if (code === 'ENOENT') return 'it cannot be started, set WATERCLOCK_DBT to its path';
  const lines = `${stdout}\n${stderr}`.split('\n').map((line) => line.replace(/^\d\d:\d\d:\d\d\s*/, '').trim());
  const told = lines.filter(Boolean).slice(-4).join(' ');
  return told || (error as Error).message;
}
