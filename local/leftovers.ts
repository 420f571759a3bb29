import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { home as homeOfClone, root, runningFile } from './paths.js';
import { removePostgresData } from 'redshift-local/postgres';
import { readStateFile, stackFile, type StateFile } from './state-file.js';
import { endProcess } from './supervisor/end-process.js';
import { isSameProcess } from './supervisor/process-identity.js';

/** states of tests, which go when their stack ends */
export const testsFolder = (home = homeOfClone) => join(home, 'tests');

/** the stack that is up in this folder of states */
export function runningStack(home = homeOfClone): StateFile | undefined {
  const found = readStateFile(runningFile(home));
  return found && isSameProcess(found.supervisor) ? found : undefined;
}

/** ends what a killed supervisor left, in these states; answers the names of what it ended */
export async function endLeftovers(home = homeOfClone): Promise<string[]> {
  const ended: string[] = [];
  for (const state of [...folders(home), ...folders(testsFolder(home))]) {
    const left = readStateFile(stackFile(state));
    if (left && isSameProcess(left.supervisor)) continue;
    const alive = (left?.services ?? []).filter(isSameProcess);
    await Promise.all(
      alive.map((service) => endProcess(service, service.name === 'postgres' ? 'SIGINT' : 'SIGTERM', 5000)),
    );
    ended.push(...alive.map(({ name }) => name));
    rmSync(stackFile(state), { force: true });
    if (state.startsWith(join(testsFolder(home), '/')) && left) removeState(state);
  }
  if (!runningStack(home)) rmSync(runningFile(home), { force: true });
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
