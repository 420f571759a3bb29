import { setTimeout as sleep } from 'node:timers/promises';
import { TransientError } from '../../model/errors.js';
import { turnAt, type Share } from '../../model/host-rate.js';

/** ms; a longer wait that a server asks for gives the worker's slot back, and the run goes on later */
export const mostWait = 30_000;
/** ms between signs of life while a turn is waited for */
const signEvery = 10_000;
/** ms between two looks for a share that is not known */
const lookAgainAfter = 1_000;
/** ms without a share after which the step fails, to be tried again */
const mostWithoutShare = 60_000;

interface Turn {
  host: string;
  perSecond: number | undefined;
  signal: AbortSignal;
  sign: () => void;
}

export interface Pacer {
  /** waits for this host's turn, however many wait for it, in this worker and in others */
  turn(turn: Turn): Promise<void>;
  /** nobody asks this host before then; epoch ms */
  hold(host: string, until: number): void;
}

/** what all workers may ask of a host together, and this one's share of it */
export interface HostRates {
  /** its share at this moment; undefined when it is not known yet. `weight`: requests that wait here */
  share(host: string, asked: { perSecond: number; weight: number }): Promise<Share | undefined>;
}

interface Lane {
  /** the turn that was given last, epoch ms */
  last: number;
  waiting: { perSecond: number }[];
  tail: Promise<unknown>;
}

/** without `rates`, this process is the only one that asks */
export function pacer(rates?: HostRates, now = Date.now): Pacer {
  const lanes = new Map<string, Lane>();
  const held = new Map<string, number>();

  /** ms until `signal` aborts at most; throws its reason */
  async function wait(ms: number, signal: AbortSignal): Promise<void> {
    await sleep(ms, undefined, { signal }).catch(() => {
      throw signal.reason;
    });
  }

  function holdOf(host: string): number {
    const hold = (held.get(host) ?? 0) - now();
    if (hold <= mostWait) return Math.max(hold, 0);
    const seconds = Math.ceil(hold / 1000);
    throw new TransientError(`${host} takes no request for ${seconds} s`, { retryAfter: hold });
  }

  async function shareOf(host: string, { waiting }: Lane, signal: AbortSignal): Promise<Share> {
    const perSecond = Math.min(...waiting.map((one) => one.perSecond));
    if (!rates) return { perSecond, total: 1, places: [0], from: 0, to: Infinity };
    const until = now() + mostWithoutShare;
    for (;;) {
      let why = 'the workflow that shares them does not know this worker';
      try {
        const share = await rates.share(host, { perSecond, weight: waiting.length });
        if (share) return share;
      } catch (error) {
        why = error instanceof Error ? error.message : String(error);
      }
      if (now() > until)
        throw new TransientError(`this worker cannot learn its share of the requests to ${host}: ${why}`);
      await wait(lookAgainAfter, signal);
    }
  }

  /** the first in the lane waits for the turn itself */
  async function takeTurn(host: string, lane: Lane, signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const share = await shareOf(host, lane, signal);
      const earliest = Math.max(now() + holdOf(host), lane.last + 1000 / share.perSecond);
      const at = turnAt(share, earliest);
      await wait(Math.max(0, Math.min(at ?? share.to, share.to) - now()), signal);
      // the share may have ended meanwhile, and the host may be held
      if (at === undefined || now() > share.to || holdOf(host) > 0) continue;
      lane.last = at;
      return;
    }
  }

  return {
    async turn({ host, perSecond, signal, sign }) {
      const signs = setInterval(sign, signEvery);
      try {
        if (perSecond === undefined) {
          const hold = holdOf(host);
          if (hold > 0) await wait(hold, signal);
          return;
        }
        const lane = lanes.get(host) ?? { last: -Infinity, waiting: [], tail: Promise.resolve() };
        lanes.set(host, lane);
        const one = { perSecond };
        lane.waiting.push(one);
        const turn = lane.tail
          .then(() => takeTurn(host, lane, signal))
          .finally(() => void lane.waiting.splice(lane.waiting.indexOf(one), 1));
        lane.tail = turn.catch(() => undefined);
        await unlessAborted(turn, signal);
      } finally {
        clearInterval(signs);
      }
    },
    hold(host, until) {
      held.set(host, Math.max(until, held.get(host) ?? 0));
    },
  };
}

/** one that waits behind others leaves at once */
async function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const done = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const abort = () => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true, signal: done.signal });
  });
  try {
    await Promise.race([work, aborted]);
  } finally {
    done.abort();
  }
}
