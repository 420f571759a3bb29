import { CancellationScope, sleep } from '@temporalio/workflow';

/** calls once when the deadline (epoch ms) has passed; answers how to stop */
export function watchDeadline(deadline: number | undefined, onLate: () => Promise<void>): () => void {
  if (deadline === undefined) return () => undefined;
  const scope = new CancellationScope();
  scope
    .run(async () => {
      await sleep(Math.max(1, deadline - Date.now()));
      await onLate();
    })
    .catch(() => undefined);
  return () => scope.cancel();
}
