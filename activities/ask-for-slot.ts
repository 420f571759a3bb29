import type { Client } from '@temporalio/client';
import { poolId } from '../model/names.js';
import { placeOf } from '../model/slot-place.js';
import type { Ask, PoolState } from '../model/slots.js';
import type { Dependencies } from './dependencies.js';
import { statusOf } from './status-of.js';
import type { Activities } from './types.js';

/** ms in which the pool says where the run is in its queue: worth showing, not worth waiting for */
const patience = 5_000;

/** signal-with-start, which a workflow cannot do by itself */
export function askForSlot({ client, settings, pools = {} }: Dependencies): Activities['askForSlot'] {
  return async ({ pool: { name, slots }, claim, holds }) => {
    const workflowId = poolId(name);
    // the run may have been planned before the number was changed, or the pool was taken out of the project
    const known = Object.hasOwn(pools, name) ? pools[name] : undefined;
    const ask: Ask = { ...claim, slots: known ?? slots, ...(holds && { holds }) };
    const input = { pool: name, ...((await wasLost(client, workflowId)) && { wasLost: true }) };
    await client.workflow.signalWithStart('slotPool', {
      workflowId,
      taskQueue: settings.taskQueue,
      args: [input],
      signal: 'ask',
      signalArgs: [ask],
    });
    if (holds) return {};
    const place = await currentPlace(client, workflowId, claim.id);
    return place ? { place } : {};
  };
}

/** the execution before ended otherwise than by itself, and with it ended what it knew of holders */
async function wasLost(client: Client, workflowId: string): Promise<boolean> {
  const status = await statusOf(client, workflowId);
  return status !== undefined && status !== 'RUNNING' && status !== 'COMPLETED';
}

async function currentPlace(client: Client, workflowId: string, id: string) {
  try {
    const handle = client.workflow.getHandle(workflowId);
    return placeOf(await client.withDeadline(Date.now() + patience, () => handle.query<PoolState>('pool')), id);
  } catch {
    return undefined;
  }
}
