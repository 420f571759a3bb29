import { setTimeout as sleep } from 'node:timers/promises';
import { TransientError } from '../../model/errors.js';

/** ms; a longer wait that a server asks for gives the worker's slot back, and the run goes on later */
export const mostWait = 30_000;
/** ms between signs of life while a turn is waited for */
const signEvery = 10_000;

interface Turn {
  host: string;
  perSecond: number | undefined;
  signal: AbortSignal;
  sign: () => void;
}

export interface Pacer {
  /** waits for this host's turn, however many wait for it; a rate is one of this process */
  turn(turn: Turn): Promise<void>;
  /** nobody asks this host before then; epoch ms */
  hold(host: string, until: number): void;
}

export function pacer(now = Date.now): Pacer {
  /** when each host may be asked next */
  const free = new Map<string, number>();
  const held = new Map<string, number>();
  return {
    async turn({ host, perSecond, signal, sign }) {
      const hold = (held.get(host) ?? 0) - now();
      if (hold > mostWait) {
        const seconds = Math.ceil(hold / 1000);
        throw new TransientError(`${host} takes no request for ${seconds} s`, { retryAfter: hold });
      }
      const at = Math.max(now() + Math.max(hold, 0), perSecond === undefined ? 0 : (free.get(host) ?? 0));
      if (perSecond !== undefined) free.set(host, at + 1000 / perSecond);
      for (let wait = at - now(); wait > 0; wait = at - now()) {
        sign();
        await sleep(Math.min(wait, signEvery), undefined, { signal }).catch(() => {
          throw signal.reason;
        });
      }
    },
    hold(host, until) {
      held.set(host, Math.max(until, held.get(host) ?? 0));
    },
  };
}
