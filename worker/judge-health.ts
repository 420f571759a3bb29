import type { Health } from './health-file.js';

const freshFor = 60_000;

/** what is wrong with a worker that left this note; undefined when nothing is */
export function judgeHealth(health: Health | undefined, now: number): string | undefined {
  if (!health) return 'no note of a worker yet';
  const age = now - Date.parse(health.at);
  if (!(age <= freshFor)) return `the worker's last note is ${Math.round(age / 1000)} s old: its main thread hangs`;
  if (health.state !== 'RUNNING') return `the worker is ${health.state}`;
  // one that has all its slots taken asks for no more; a server that does not answer is not the worker's fault
  if (health.inFlight === 0 && health.notPolled?.length)
    return `the worker asks for no ${health.notPolled.join(', ')} tasks`;
  return undefined;
}
