import { setTimeout as sleep } from 'node:timers/promises';
import { TransientError } from '../../model/errors.js';

/** ms; a longer wait gives the worker's slot back, and the run goes on later */
export const mostWait = 30_000;

export interface Pacer {
  /** waits for this host's turn; a rate is one of this process */
  turn(host: string, perSecond: number | undefined, signal: AbortSignal): Promise<void>;
  /** nobody asks this host before then; epoch ms */
  hold(host: string, until: number): void;
}

export function pacer(now = Date.now): Pacer {
  /** when each host may be asked next */
  const free = new Map<string, number>();
  return {
    async turn(host, perSecond, signal) {
      const at = Math.max(now(), free.get(host) ?? 0);
      const wait = at - now();
      if (wait > mostWait) {
        throw new TransientError(`${host} is to be asked again in ${Math.ceil(wait / 1000)} s`, { retryAfter: wait });
      }
      if (perSecond !== undefined) free.set(host, at + 1000 / perSecond);
      if (wait > 0) await sleep(wait, undefined, { signal });
    },
    hold(host, until) {
      free.set(host, Math.max(until, free.get(host) ?? 0));
    },
  };
}
