import type { Client } from '@temporalio/client';
import { watchScheduleId } from '../../model/names.js';
import type { Temporal } from '../temporal.js';
import { ahead, type Work } from './decide.js';

/** the watch fires every five minutes: it runs while workers are up for something else */
const others = 'ExecutionStatus = "Running" AND WorkflowType != "watch"';
/** a look describes no more: so many at once are work by themselves */
const mostDescribed = 200;
/** Temporal's number of an activity whose next attempt waits for its time */
const scheduled = 1;
/** Temporal's number of an activity that a person has paused */
const paused = 4;

/** asks Temporal what needs a worker now or soon; needs no worker to answer */
export async function findWork(temporal: Temporal, now: number): Promise<Work> {
  const { client } = temporal;
  const [nextStart, nextTask, watchWaits] = await Promise.all([
    findNextStart(client, now),
    findNextTask(client, now),
    findWaitingWatch(client),
  ]);
  return {
    ...(nextStart !== undefined && { nextStart }),
    ...(nextTask !== undefined && { nextTask }),
    ...(watchWaits !== undefined && { watchWaits }),
  };
}

async function findNextStart(client: Client, now: number): Promise<number | undefined> {
  const times: number[] = [];
  for await (const { scheduleId, state, info } of client.schedule.list()) {
    if (state.paused || scheduleId === watchScheduleId) continue;
    times.push(...info.nextActionTimes.map((time) => time.getTime()).filter((time) => time >= now));
  }
  return earliest(times);
}

/** of every open workflow, until one needs a worker now; timers show only once they have fired */
async function findNextTask(client: Client, now: number): Promise<number | undefined> {
  let next: number | undefined;
  let described = 0;
  for await (const { workflowId, runId } of client.workflow.list({ query: others })) {
    if (++described > mostDescribed) return now;
    const { raw } = await client.workflow.getHandle(workflowId, runId).describe();
    const steps = (raw.pendingActivities ?? []).map((activity) => neededAt(activity, now));
    next = earliest([next, ...(raw.pendingWorkflowTask ? [now] : []), ...steps]);
    if (next !== undefined && next <= now + ahead) return next;
  }
  return next;
}

type Described = Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['describe']>>;
type PendingActivity = NonNullable<Described['raw']['pendingActivities']>[number];

/** when a worker is needed for a step: now for one that a worker has, later for one whose next attempt waits for its time */
function neededAt({ state, nextAttemptScheduleTime, scheduledTime }: PendingActivity, now: number): number | undefined {
  if (Number(state) === paused) return undefined;
  const time = nextAttemptScheduleTime ?? scheduledTime;
  return Number(state) === scheduled && time ? Number(time.seconds) * 1000 : now;
}

async function findWaitingWatch(client: Client): Promise<number | undefined> {
  const starts: number[] = [];
  const query = 'ExecutionStatus = "Running" AND WorkflowType = "watch"';
  for await (const { startTime } of client.workflow.list({ query })) starts.push(startTime.getTime());
  return earliest(starts);
}

function earliest(times: (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
}
