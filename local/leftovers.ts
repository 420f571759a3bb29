import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { home, root, runningFile } from './paths.js';
import { removePostgresData } from '../redshift-local/postgres/postgres-home.js';
import { readStateFile, stackFile, type StateFile } from './state-file.js';
import { endProcess } from './supervisor/end-process.js';
import { isSameProcess } from './supervisor/process-identity.js';

export const testsFolder = join(home, 'tests');

/** the stack that `npm start` has up in this clone */
export function runningStack(): StateFile | undefined {
  const found = readStateFile(runningFile);
  return found && isSameProcess(found.supervisor) ? found : undefined;
}

/** ends what a killed supervisor left, in this clone's states; answers the names of what it ended */
export async function endLeftovers(): Promise<string[]> {
  const ended: string[] = [];
  for (const state of [...folders(home), ...folders(testsFolder)]) {
    const left = readStateFile(stackFile(state));
    if (left && isSameProcess(left.supervisor)) continue;
    const alive = (left?.services ?? []).filter(isSameProcess);
    await Promise.all(
      alive.map((service) => endProcess(service, service.name === 'postgres' ? 'SIGINT' : 'SIGTERM', 5000)),
    );
    ended.push(...alive.map(({ name }) => name));
    rmSync(stackFile(state), { force: true });
    if (state.startsWith(join(testsFolder, '/')) && left) removeState(state);
  }
  if (!runningStack()) rmSync(runningFile, { force: true });
  return ended;
}

export function removeState(state: string): void {
  removePostgresData(state, root);
  rmSync(state, { recursive: true, force: true });
}

export function folders(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name));
}
