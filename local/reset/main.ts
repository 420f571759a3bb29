import { existsSync, rmSync } from 'node:fs';
import { endLeftovers, folders, removeState, runningStack, testsFolder } from '../leftovers.js';
import { home, root, runningFile } from '../paths.js';
import { sharedFolderOf } from 'redshift-local/postgres';
import { readStateFile, stackFile } from '../state-file.js';

/** `npm run reset`: every state of this clone goes; the tools stay, they hold no data */
export async function main(): Promise<void> {
  const up = runningStack();
  if (up) {
    console.error(`waterclock: the stack is up (process ${up.supervisor.pid}): stop it with Ctrl-C first`);
    process.exit(1);
  }
  await endLeftovers();
  const tests = folders(testsFolder()).filter((state) => readStateFile(stackFile(state)));
  if (tests.length > 0) {
    console.error('waterclock: tests of this clone are running: wait for their end');
    process.exit(1);
  }
  const states = folders(home);
  for (const state of states) removeState(state);
  rmSync(runningFile(home), { force: true });
  const shared = sharedFolderOf(root);
  if (process.getuid?.() === 0 && existsSync(shared)) rmSync(shared, { recursive: true, force: true });
  console.log(states.length > 0 ? `removed ${states.join(', ')}` : 'nothing to remove');
}
