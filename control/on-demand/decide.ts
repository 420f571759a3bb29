/** what Temporal shows of the work there is; times in ms since 1970 */
export interface Work {
  /** when the next schedule starts something, without the watch's */
  nextStart?: number;
  /** when a worker is needed next for what has begun: in the past for a task that waits or that a worker has */
  nextTask?: number;
  /** since when the watch waits for a worker */
  watchWaits?: number;
}

/** what was decided at one look, for the next */
export interface Decision {
  /** tasks should run */
  wanted: boolean;
  /** ms since 1970: until then they stay, whatever is seen */
  until: number;
}

const minute = 60_000;

/** a task of Fargate needs a minute or more until it polls */
export const ahead = 3 * minute;
/** after the last work: the next often follows soon, and each start costs a minute */
export const linger = 5 * minute;
/** after somebody else has started them: a deployment waits for the workers of its version */
export const visit = 15 * minute;
/** what is late or missing is found once an hour at least */
export const watchPatience = 60 * minute;

/** whether workers should run; `isUp`: some do, no matter who started them */
export function decide(before: Decision | undefined, now: number, isUp: boolean, work: Work): Decision {
  const { nextStart = Infinity, nextTask = Infinity, watchWaits = Infinity } = work;
  const isNeeded = Math.min(nextStart, nextTask) <= now + ahead || now - watchWaits >= watchPatience;
  const isVisited = isUp && !before?.wanted;
  const until = Math.max(
    before?.until ?? -Infinity,
    isNeeded ? now + linger : -Infinity,
    isVisited ? now + visit : -Infinity,
  );
  return { wanted: now < until, until };
}
