import type { Temporal } from '../temporal.js';
import { decide, type Decision } from './decide.js';
import { findWork } from './find-work.js';
import type { Services } from './services.js';

interface Look {
  wanted: boolean;
  /** what was started or stopped, in words */
  changes: string[];
}

/** starts the services when something is due and stops them when nothing was for a while, one look after another */
export function waking(services: Services): (temporal: Temporal, now: number) => Promise<Look> {
  let before: Decision | undefined;
  return async (temporal, now) => {
    const [isUp, work] = await Promise.all([services.areUp(), findWork(temporal, now)]);
    before = decide(before, now, isUp, work);
    return { wanted: before.wanted, changes: await services.setWanted(before.wanted) };
  };
}
