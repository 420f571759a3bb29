import type { RunStatus } from './run-result.js';

/** how an interval's newest row in the ledger can say that it needs no run: it loaded, or a person said to leave it */
const done: readonly RunStatus[] = ['completed', 'skipped', 'marked'];

/** whether those that wait for the interval go on, and a backfill and the watch leave it alone */
export function satisfies(status: string): boolean {
  return done.some((one) => one === status);
}
