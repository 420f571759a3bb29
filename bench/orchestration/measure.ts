import type { Client, WorkflowHandle } from '@temporalio/client';
import type { Subject } from './subjects.js';

export interface OneRun {
  /** trigger to end, ms */
  median: number;
  p95: number;
  /** start of the run to start of its first step, ms */
  toFirstStep: number;
  /** end of a step to start of the next, ms */
  gap: number;
  steps: number;
}

type Startable = Pick<Subject, 'start'>;

export async function oneAtATime(subject: Startable, runs: number): Promise<OneRun> {
  await (await subject.start()).result();
  const took: number[] = [];
  const seen: Timeline[] = [];
  for (let run = 0; run < runs; run++) {
    const begun = performance.now();
    const handle = await subject.start();
    await handle.result();
    took.push(performance.now() - begun);
    seen.push(await timeline(handle));
  }
  return {
    median: quantile(took, 0.5),
    p95: quantile(took, 0.95),
    toFirstStep: quantile(
      seen.map(({ toFirstStep }) => toFirstStep),
      0.5,
    ),
    gap: quantile(
      seen.flatMap(({ gaps }) => gaps),
      0.5,
    ),
    steps: seen[0]?.steps ?? 0,
  };
}

/** ms from the first start to the last end of runs that are all started at once */
export async function allAtOnce(subject: Startable, runs: number): Promise<number> {
  const begun = performance.now();
  const results: Promise<unknown>[] = [];
  // fifty requests at a time: the server, not the client's sockets, is what is measured
  for (let started = 0; started < runs; started += 50) {
    const some = Array.from({ length: Math.min(50, runs - started) }, () => subject.start());
    results.push(...(await Promise.all(some)).map((handle) => handle.result()));
  }
  await Promise.all(results);
  return performance.now() - begun;
}

/** ms from the death of the worker, which is started again at once, to the end of the run that it had */
export async function afterWorkerDeath(
  client: Client,
  subject: Subject,
  killAndStart: () => Promise<void>,
): Promise<number> {
  const handle = await subject.startHeld();
  await until(async () => {
    const { raw } = await client.workflow.getHandle(handle.workflowId).describe();
    return raw.pendingActivities?.some(({ lastHeartbeatTime }) => Boolean(lastHeartbeatTime)) ?? false;
  });
  const killed = performance.now();
  await killAndStart();
  await handle.result();
  return performance.now() - killed;
}

/** ms from the death of the server, which its supervisor starts again, to the end of a run that is asked for at once; runs under way end too */
export async function afterServerDeath(subject: Subject, kill: () => void): Promise<number> {
  const underWay = await Promise.all(Array.from({ length: 10 }, () => subject.start()));
  const killed = performance.now();
  kill();
  const handle = await patiently(() => subject.start());
  await patiently(() => handle.result());
  const took = performance.now() - killed;
  for (const run of underWay) await patiently(() => run.result());
  return took;
}

async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (const since = Date.now(); ;) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() - since > 60_000) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 100));
}

interface Timeline {
  toFirstStep: number;
  gaps: number[];
  steps: number;
}

async function timeline(handle: WorkflowHandle): Promise<Timeline> {
  const events = (await handle.fetchHistory()).events ?? [];
  const at = ({ eventTime }: (typeof events)[number]) =>
    Number(eventTime?.seconds ?? 0) * 1000 + (eventTime?.nanos ?? 0) / 1e6;
  const [first] = events;
  const begun = first ? at(first) : NaN;
  const started = events.filter((event) => event.activityTaskStartedEventAttributes).map(at);
  const ended = events.filter((event) => event.activityTaskCompletedEventAttributes).map(at);
  const gaps = started.slice(1).map((start, step) => start - (ended[step] ?? start));
  return { toFirstStep: (started[0] ?? NaN) - begun, gaps, steps: started.length };
}

function quantile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}
