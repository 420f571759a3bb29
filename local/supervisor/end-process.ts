import { setTimeout as sleep } from 'node:timers/promises';
import { isSameProcess, type ProcessIdentity } from './process-identity.js';

/** ends a process and its group: the signal, then SIGKILL once the grace (milliseconds) is over */
export async function endProcess(identity: ProcessIdentity, signal: NodeJS.Signals, grace: number): Promise<void> {
  if (!isSameProcess(identity)) return;
  signalGroup(identity.pid, signal);
  const until = Date.now() + grace;
  while (Date.now() < until && isSameProcess(identity)) await sleep(25);
  signalGroup(identity.pid, 'SIGKILL');
  while (isSameProcess(identity)) await sleep(25);
}

/** to the whole group: what a service started itself must not outlive it */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // the group is gone
  }
}
