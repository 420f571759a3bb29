import type { Health } from './health-file.js';

const freshFor = 60_000;

/** what is wrong with a worker that left this note; undefined when nothing is */
export function judgeHealth(health: Health | undefined, now: number): string | undefined {
  if (!health) return 'no note of a worker yet';
  const age = now - Date.parse(health.at);
  if (!(age <= freshFor)) return `the worker's last note is ${Math.round(age / 1000)} s old: its main thread hangs`;
  for (const { queue, state, inFlight, notPolled } of health.queues) {
    if (state !== 'RUNNING') return `the worker of task queue ${queue} is ${state}`;
    // one that has all its slots taken asks for no more; a server that does not answer is not the worker's fault
    if (inFlight === 0 && notPolled?.length)
      return `the worker asks task queue ${queue} for no ${notPolled.join(', ')} tasks`;
  }
  return undefined;
}
