import { proxyActivities } from '@temporalio/workflow';

interface Steps {
  noop(input: { isHeld: boolean }): Promise<void>;
}

const { noop } = proxyActivities<Steps>({ startToCloseTimeout: '1 hour', heartbeatTimeout: '10 seconds' });

/** what Temporal itself takes for five steps */
export async function bareRun({ isHeld }: { isHeld: boolean }): Promise<void> {
  for (let step = 0; step < 5; step++) await noop({ isHeld: isHeld && step === 0 });
}
