import { condition, continueAsNew, getExternalWorkflowHandle, setHandler, workflowInfo } from '@temporalio/workflow';
import type { DbtAnswer, DbtNeed } from '../model/plan.js';
import { steps } from './activities.js';
import { builtSignal, needSignal, withdrawSignal } from './ask-for-build.js';
import { failureOf } from './failure.js';

interface DbtBuildsInput {
  target: string;
  heartbeatTimeout: number;
  needs: DbtNeed[];
}

const keyOf = ({ workflowId, runId }: DbtNeed) => `${workflowId} ${runId}`;

/** one build at a time for a target: takes all that wait, builds the union, tells each the result of its own selection */
export async function dbtBuilds({ target, heartbeatTimeout, needs }: DbtBuildsInput): Promise<void> {
  const waiting = new Map(needs.map((need) => [keyOf(need), need]));
  const building = new Set<string>();
  // a need that is being built is asked again by its run every few minutes
  setHandler(needSignal, (need) => {
    if (!building.has(keyOf(need))) waiting.set(keyOf(need), need);
  });
  setHandler(withdrawSignal, (need) => void waiting.delete(keyOf(need)));

  for (let count = 0; await condition(() => waiting.size > 0, '10 seconds'); count++) {
    if (workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof dbtBuilds>({ target, heartbeatTimeout, needs: [...waiting.values()] });
    }
    const taken = [...waiting.values()];
    waiting.clear();
    for (const need of taken) building.add(keyOf(need));
    const answerTo = await build(`${workflowInfo().runId}-${count}`, taken, heartbeatTimeout);
    building.clear();
    await Promise.all(taken.map((need) => tell(need, answerTo(need))));
  }
}

async function build(
  buildId: string,
  taken: DbtNeed[],
  heartbeatTimeout: number,
): Promise<(need: DbtNeed) => DbtAnswer> {
  try {
    const selects = [...new Set(taken.map((need) => need.select))].sort();
    const { bySelect, total } = await steps({ heartbeatTimeout }).dbtBuild({ buildId, selects });
    return (need) => ({ result: bySelect[need.select] ?? total });
  } catch (error) {
    const { type, message } = failureOf('dbt', error);
    return () => ({ error: { type, message } });
  }
}

async function tell({ workflowId, runId }: DbtNeed, answer: DbtAnswer): Promise<void> {
  // one that ended meanwhile needs no answer
  await getExternalWorkflowHandle(workflowId, runId)
    .signal(builtSignal, answer)
    .catch(() => undefined);
}
