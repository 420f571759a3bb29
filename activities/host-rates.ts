import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import {
  renewAfter,
  shareOf,
  sliceAt,
  sliceLength,
  type HostRateState,
  type RateAsk,
  type Share,
} from '../model/host-rate.js';
import { hostRateId } from '../model/names.js';
import type { HostRates } from '../sources/http/pacer.js';

/** ms in which the host's workflow answers */
const patience = 5_000;
/** ms without a request after which a worker gives its share back */
const idleFor = 1.5 * sliceLength;

interface Known {
  slice: number;
  share: Promise<Share | undefined>;
  asked?: RateAsk & { slice: number };
  idle?: NodeJS.Timeout;
}

/** this worker's shares of the requests to hosts, by the workflow of each: a look in ten seconds, and now and then a sign */
export function hostRates(client: Client, taskQueue: string, now = Date.now): HostRates {
  const id = randomUUID();
  const hosts = new Map<string, Known>();

  async function join(host: string, asked: RateAsk): Promise<void> {
    await client.withDeadline(now() + patience, () =>
      client.workflow.signalWithStart('hostRate', {
        workflowId: hostRateId(host),
        taskQueue,
        args: [{ host }],
        signal: 'join',
        signalArgs: [asked],
      }),
    );
  }

  async function look(host: string, known: Known, asked: RateAsk, slice: number): Promise<Share | undefined> {
    const before = known.asked;
    const isNews = before?.weight !== asked.weight || before.perSecond !== asked.perSecond;
    if (isNews || slice - before.slice >= renewAfter) {
      await join(host, asked);
      known.asked = { ...asked, slice };
    }
    const handle = client.workflow.getHandle(hostRateId(host));
    const state = await client.withDeadline(now() + patience, () => handle.query<HostRateState>('state'));
    const share = shareOf(state, id, slice);
    // it was lost, or is another one by now
    if (!share) delete known.asked;
    return share;
  }

  function leave(host: string): void {
    hosts.delete(host);
    client.workflow
      .getHandle(hostRateId(host))
      .signal('leave', { id })
      // it is found out by silence
      .catch(() => undefined);
  }

  return {
    async share(host, { perSecond, weight }) {
      const slice = sliceAt(now());
      const known: Known = hosts.get(host) ?? { slice: -1, share: Promise.resolve(undefined) };
      hosts.set(host, known);
      clearTimeout(known.idle);
      known.idle = setTimeout(() => leave(host), idleFor).unref();
      if (known.slice !== slice) {
        known.slice = slice;
        known.share = look(host, known, { id, perSecond, weight }, slice);
      }
      try {
        const share = await known.share;
        // asked again at once: it has joined since
        if (!share && known.slice === slice) known.slice = -1;
        return share;
      } catch (error) {
        if (known.slice === slice) known.slice = -1;
        throw error;
      }
    },
  };
}
