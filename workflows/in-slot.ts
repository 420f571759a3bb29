import {
  CancellationScope,
  condition,
  getExternalWorkflowHandle,
  setHandler,
  sleep,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow';
import { poolId } from '../model/names.js';
import type { Plan } from '../model/plan.js';
import { placeText } from '../model/slot-place.js';
import { holderAsksEvery, oldWaiterAsksEvery, waiterAsksEvery, type Claim } from '../model/slots.js';
import { askForSlot } from './activities.js';
import { leaveSignal, slotSignal } from './slot-pool.js';

type Pool = NonNullable<Plan['pool']>;

/** a run that has asked more often than this asks less often: its history holds weeks of waiting */
const denseAsks = 100;

interface Shown {
  onWaiting(told: string): void;
  onGranted(): void;
}

/**
 * waits for a slot of the pool, works, and gives it back however the work ends. The wait is a wait of the workflow alone:
 * it takes nothing from what the work may use of tries and time
 */
export async function inSlot<T>(
  pool: Pool | undefined,
  { onWaiting, onGranted }: Shown,
  work: () => Promise<T>,
): Promise<T> {
  if (!pool) return work();
  const { workflowId, runId } = workflowInfo();
  const claim: Claim = { id: uuid4(), workflowId, runId, since: Date.now() };
  let isGranted = false;
  let isOver = false;
  setHandler(slotSignal, (news) => {
    if (news.id !== claim.id || isOver) void leave(news.pool, news.id);
    else isGranted ||= news.holds;
  });
  const renewals = new CancellationScope();
  try {
    let isShown = false;
    for (let asks = 1; ; asks++) {
      const { place } = await askForSlot({ pool, claim });
      if (place && !isGranted) {
        onWaiting(placeText(pool.name, place));
        isShown = true;
      }
      if (await condition(() => isGranted, asks > denseAsks ? oldWaiterAsksEvery : waiterAsksEvery)) break;
    }
    if (isShown) onGranted();
    void renewals.run(() => sayAgain(pool, claim)).catch(() => undefined);
    return await work();
  } finally {
    isOver = true;
    renewals.cancel();
    await CancellationScope.nonCancellable(() => leave(pool.name, claim.id));
  }
}

/** a pool whose workflow was lost learns again who holds its slots */
async function sayAgain(pool: Pool, claim: Claim): Promise<never> {
  for (;;) {
    await sleep(holderAsksEvery);
    await askForSlot({ pool, claim, holds: true });
  }
}

async function leave(pool: string, id: string): Promise<void> {
  // a pool that is gone has nothing to be given back
  await getExternalWorkflowHandle(poolId(pool))
    .signal(leaveSignal, { id })
    .catch(() => undefined);
}
