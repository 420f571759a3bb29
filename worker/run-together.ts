import type { Worker } from '@temporalio/worker';

/** runs workers until all have ended; one that fails ends the others */
export async function runTogether(workers: Pick<Worker, 'run' | 'shutdown' | 'getState'>[]): Promise<void> {
  const endAll = () => {
    for (const worker of workers.filter((worker) => worker.getState() === 'RUNNING')) worker.shutdown();
  };
  const settled = await Promise.allSettled(workers.map((worker) => worker.run().finally(endAll)));
  const failed = settled.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}
