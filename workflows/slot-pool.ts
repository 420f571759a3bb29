import {
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  getExternalWorkflowHandle,
  setCurrentDetails,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import {
  allHoldersAsk,
  ask,
  emptyPool,
  grant,
  hear,
  isEmpty,
  leave,
  silent,
  type Ask,
  type Claim,
  type PoolState,
} from '../model/slots.js';
import { poolDetails } from './pool-details.js';
import { resetSeed } from './restart-at-reset.js';

/** what a run hears of its claim; one that has given it up answers with `leave` */
export interface SlotNews {
  pool: string;
  id: string;
  /** false: is it still waiting? */
  holds: boolean;
}

const askSignal = defineSignal<[Ask]>('ask');
export const leaveSignal = defineSignal<[Pick<Claim, 'id'>]>('leave');
export const slotSignal = defineSignal<[SlotNews]>('slot');
const poolQuery = defineQuery<PoolState>('pool');

interface SlotPoolInput {
  pool: string;
  carried?: PoolState;
  /** the execution before was terminated: its holders are known to themselves alone */
  wasLost?: true;
}

/**
 * grants the slots of one pool, first come, first served. A run that ended without a word is found out by a signal that
 * the server cannot deliver; one that goes on keeps its slot, however long it takes
 */
export async function slotPool({ pool: name, carried, wasLost }: SlotPoolInput): Promise<void> {
  const pool = carried ?? emptyPool();
  let seed = resetSeed();
  let toldNow = 0;
  let isEnding = false;
  if (wasLost) beQuiet();

  setHandler(askSignal, (asked) => {
    const isUnaware = ask(pool, asked, Date.now());
    if (isUnaware) void tell(asked, true);
    grantAll();
  });
  setHandler(leaveSignal, ({ id }) => {
    leave(pool, id);
    grantAll();
  });
  setHandler(poolQuery, () => pool);

  for (;;) {
    await sleep('1 minute');
    if (isEmpty(pool)) return;
    const { holders, waiting } = silent(pool, Date.now());
    for (const claim of holders) void tell(claim, true);
    for (const claim of waiting) void tell(claim, false);
    grantAll();
    if (!workflowInfo().continueAsNewSuggested) continue;
    // the server drops signals that are still under way when their sender continues as new
    isEnding = true;
    await condition(() => toldNow === 0);
    await continueAsNew<typeof slotPool>({ pool: name, carried: pool });
  }

  function grantAll(): void {
    // signals since a reset are sent again, but what was granted and given up between cannot be known from them
    if (resetSeed() !== seed) beQuiet();
    seed = resetSeed();
    if (!isEnding) for (const claim of grant(pool, Date.now())) void tell(claim, true);
    setCurrentDetails(poolDetails(pool));
  }

  async function tell({ workflowId, runId, id }: Claim, holds: boolean): Promise<void> {
    toldNow++;
    try {
      await getExternalWorkflowHandle(workflowId, runId).signal(slotSignal, { pool: name, id, holds });
      hear(pool, id, Date.now());
    } catch {
      // its run has ended
      leave(pool, id);
    }
    toldNow--;
    grantAll();
  }

  function beQuiet(): void {
    pool.quietUntil = Date.now() + allHoldersAsk;
  }
}
