import { Context } from '@temporalio/activity';

/** work that shows no sign for so long is given up: the heartbeat stops, and the server tries again */
const silenceLimit = 60_000;

export interface Alive {
  /** work goes on; details are kept for a retry */
  sign(details?: unknown): void;
  signal: AbortSignal;
}

/** runs work under a heartbeat three times as fast as its timeout */
export async function alive<T>(work: (alive: Alive) => Promise<T>, silence = silenceLimit): Promise<T> {
  const context = Context.current();
  const timeout = context.info.heartbeatTimeoutMs ?? 10_000;
  let last = Date.now();
  let details: unknown;
  const timer = setInterval(
    () => {
      if (Date.now() - last < silence) context.heartbeat(details);
    },
    Math.min(3_000, timeout / 3),
  );
  const sign = (told?: unknown) => {
    last = Date.now();
    if (told !== undefined) details = told;
  };
  try {
    return await work({ sign, signal: context.cancellationSignal });
  } catch (error) {
    if (context.cancellationSignal.aborted) throw context.cancellationSignal.reason;
    throw error;
  } finally {
    clearInterval(timer);
  }
}
