import { setTimeout } from 'node:timers/promises';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { isUnreachable, rootMessage } from './explain.js';

export type Outcome<T> = { status: 'completed'; result: T } | { status: 'failed'; error: string };

/** how long the server may be away while a result is waited for */
const patience = 60_000;

/** the workflow's end; `tick` is called every second until then and may fail */
export async function outcomeOf<T>(handle: WorkflowHandle, tick: () => Promise<void>): Promise<Outcome<T>> {
  const over = new AbortController();
  const ticking = (async () => {
    while (!over.signal.aborted) {
      // a server or worker that is away for a moment has nothing to say
      await tick().catch(() => undefined);
      await delay(1000, over.signal);
    }
  })();
  try {
    return await ending<T>(handle);
  } finally {
    over.abort();
    await ticking;
  }
}

async function ending<T>(handle: WorkflowHandle): Promise<Outcome<T>> {
  let away: number | undefined;
  for (;;) {
    const asked = Date.now();
    try {
      return { status: 'completed', result: (await handle.result()) as T };
    } catch (error) {
      if (error instanceof WorkflowFailedError) return { status: 'failed', error: rootMessage(error) };
      // a long poll that held for a while was answered by a server that was there
      if (asked - (away ?? asked) > patience || !isUnreachable(error)) throw error;
      if (away === undefined || Date.now() - asked > 15_000) away = Date.now();
      await delay(1000);
    }
  }
}

async function delay(ms: number, signal?: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, signal && { signal }).catch(() => undefined);
}
