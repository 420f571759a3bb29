import {
  condition,
  continueAsNew,
  defineSignal,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { DbtNeed, DbtProgress } from '../model/dbt.js';
import { arrangedNeeds, distinct, together } from './arranged-needs.js';
import { needSignal, withdrawSignal } from './ask-for-build.js';
import { answerLine, buildDetails, type UnderWay } from './build-details.js';
import { answer, buildFor } from './build-for.js';

interface DbtBuildsInput {
  target: string;
  heartbeatTimeout: number;
  needs: DbtNeed[];
  /** as the execution before was last asked */
  sideBySide?: number;
}

const progressSignal = defineSignal<[DbtProgress, string]>('progress');

const keyOf = ({ workflowId, runId }: DbtNeed) => `${workflowId} ${runId}`;

/**
 * the builds of a target: takes all that wait, builds what has nothing to do with each other side by side and the rest in
 * turn, and answers each with the result of its own selection
 */
export async function dbtBuilds({ target, heartbeatTimeout, needs, sideBySide = 1 }: DbtBuildsInput): Promise<void> {
  const waiting = new Map(needs.map((need) => [keyOf(need), need]));
  const building = new Map<string, UnderWay>();
  const ends = new Set<Promise<void>>();
  let most = sideBySide;
  let count = 0;
  /** what waits has been looked at since a need came or a build ended */
  let isArranged = false;
  const show = (answers?: string) =>
    setCurrentDetails(buildDetails([...building.values()], [...waiting.values()], answers));
  const isBuilding = (key: string) =>
    [...building.values()].some(({ needs }) => needs.some((one) => keyOf(one) === key));
  const mayBegin = () => waiting.size > 0 && building.size < most && (!isArranged || building.size === 0);

  setHandler(needSignal, (need, given = 1) => {
    most = given;
    const key = keyOf(need);
    // a need is asked again by its run every few minutes
    if (isBuilding(key)) return;
    if (!waiting.has(key)) isArranged = false;
    waiting.set(key, need);
  });
  setHandler(withdrawSignal, (need) => {
    // it may be what others waited for
    if (waiting.delete(keyOf(need))) isArranged = false;
  });
  setHandler(progressSignal, (progress, buildId) => {
    const one = building.get(buildId);
    if (one) one.progress = progress;
    show();
  });

  async function chosen(): Promise<DbtNeed[][]> {
    const wanted = distinct([...waiting.values()]);
    if (most === 1 || (building.size === 0 && wanted.length === 1)) return [together([...waiting.values()])];
    isArranged = true;
    const builds = [...building.values()].flatMap(({ needs }) => needs);
    return arrangedNeeds({ building: builds, wanted, most: most - building.size, heartbeatTimeout }, waiting);
  }

  async function build(taken: DbtNeed[]): Promise<void> {
    const buildId = `${workflowInfo().runId}-${count++}`;
    const one: UnderWay = { needs: taken };
    for (const need of taken) waiting.delete(keyOf(need));
    building.set(buildId, one);
    show();
    const answerTo = await buildFor(buildId, taken, heartbeatTimeout);
    one.needs = [];
    show(taken.map((need) => answerLine(need, answerTo(need))).join('\n'));
    await Promise.all(taken.map((need) => answer(need, answerTo(need))));
    building.delete(buildId);
    isArranged = false;
  }

  try {
    for (;;) {
      const isIdle = building.size === 0;
      if (isIdle && !(await condition(() => waiting.size > 0, '10 seconds'))) return;
      await condition(() => mayBegin() || (!isIdle && building.size === 0));
      if (workflowInfo().continueAsNewSuggested) {
        await condition(() => building.size === 0);
        await continueAsNew<typeof dbtBuilds>({
          target,
          heartbeatTimeout,
          needs: [...waiting.values()],
          ...(most > 1 && { sideBySide: most }),
        });
      }
      if (!mayBegin()) continue;
      for (const taken of await chosen()) {
        const end = build(taken).finally(() => ends.delete(end));
        ends.add(end);
      }
    }
  } finally {
    // when it is cancelled: a builder that follows must not meet a dbt that still works
    await Promise.allSettled(ends);
  }
}
