import { CancellationScope, condition, uuid4 } from '@temporalio/workflow';
import { getActivator } from '@temporalio/workflow/lib/global-attributes.js';

/** one pass through the work of an execution; a reset begins another one */
export interface Pass {
  /** of this pass alone, and the same whenever it is replayed, as no run id is: that is always the newest execution's */
  id: string;
  /** a reset has begun another pass: nothing of this one counts any more */
  isOver(): boolean;
}

/** the server gives an execution another seed where a reset has left the recorded history, and nowhere else */
export const resetSeed = () => getActivator().randomnessSeed;

/**
 * does the work, and again from its beginning at a reset, to whatever step that was: the new execution is a run of its
 * own to lake and ledger, and a step that another execution did is none of its steps
 */
export async function restartAtReset<T>(work: (pass: Pass) => Promise<T>): Promise<T> {
  for (;;) {
    const own = resetSeed();
    const isOver = () => resetSeed() !== own;
    const scope = new CancellationScope();
    const pass = scope.run(() => work({ id: uuid4(), isOver }));
    const ended = pass.then(
      () => undefined,
      () => undefined,
    );
    // a run that is cancelled is closed all the same
    await Promise.race([ended, CancellationScope.nonCancellable(() => condition(isOver))]);
    if (!isOver()) return pass;
    scope.cancel();
  }
}
