import { setTimeout as sleep } from 'node:timers/promises';
import { TransientError } from '../../model/errors.js';
import { mostWait } from './pacer.js';

/** tries of one page in a row; then the step fails, and its next attempt goes on with this page */
const mostTries = 5;

/** tries again what may pass, as long as the other side asks or twice as long each time */
export async function patiently<T>(
  work: () => Promise<T>,
  { signal, sign, firstWait }: { signal: AbortSignal; sign: () => void; firstWait: number },
): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof TransientError) || tried === mostTries || signal.aborted) throw error;
      const wait = error.retryAfter ?? firstWait * 2 ** (tried - 1);
      if (wait > mostWait) throw error;
      sign();
      await sleep(wait, undefined, { signal }).catch(() => {
        throw signal.reason;
      });
      sign();
    }
  }
}
