import { setTimeout as sleep } from 'node:timers/promises';
import type { CustomItem } from '../../model/custom-code.js';
import { TransientError } from '../../model/errors.js';

/** ms between signs of life while the code works */
const signEvery = 10_000;
/** ms that the code has for its `finally` */
const graceToEnd = 5_000;

interface Pulling {
  /** ms from one object to the next */
  silence: number;
  signal: AbortSignal;
  /** aborted when the code is given up */
  late: AbortController;
  sign: () => void;
}

/** asks the code for object after object; code that ignores the signal, or hangs, is left behind */
export function puller(begin: () => AsyncIterable<CustomItem>, { silence, signal, late, sign }: Pulling) {
  let iterator: AsyncIterator<CustomItem> | undefined;
  let isOver = false;

  return {
    /** undefined after the last */
    async next(): Promise<CustomItem | undefined> {
      signal.throwIfAborted();
      iterator ??= begin()[Symbol.asyncIterator]();
      const signs = setInterval(sign, signEvery);
      const waits = new AbortController();
      const cancelled = new Promise<never>((_, reject) => {
        const abort = () => reject(signal.reason as Error);
        signal.addEventListener('abort', abort, { once: true, signal: waits.signal });
      });
      const silent = sleep(silence, undefined, { signal: waits.signal }).then(() => {
        const error = new TransientError(`the code of the source gave nothing for ${silence / 1000} s`);
        late.abort(error);
        throw error;
      });
      // whichever comes too late is heard by nobody
      for (const one of [cancelled, silent]) one.catch(() => undefined);
      try {
        const step = await Promise.race([iterator.next(), cancelled, silent]);
        sign();
        if (step.done) isOver = true;
        return step.done ? undefined : step.value;
      } catch (error) {
        isOver = true;
        throw error;
      } finally {
        clearInterval(signs);
        waits.abort();
      }
    },
    async end(): Promise<void> {
      if (isOver || !iterator?.return) return;
      late.abort(new Error('nobody takes the next object'));
      const ended = iterator.return().then(
        () => undefined,
        () => undefined,
      );
      await Promise.race([ended, sleep(graceToEnd, undefined, { ref: false })]);
    },
  };
}
