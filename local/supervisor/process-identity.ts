import { processStart } from '../setup/process-start.mjs';

/** a process id alone may be another program's by now: its start time tells */
export interface ProcessIdentity {
  pid: number;
  startedAt: string;
}

export function identify(pid: number): ProcessIdentity | undefined {
  const startedAt = processStart(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
}

export function isSameProcess({ pid, startedAt }: ProcessIdentity): boolean {
  return processStart(pid) === startedAt;
}
