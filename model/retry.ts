import type { Interval } from './interval.js';
import type { Params } from './params.js';
import type { Step } from './steps.js';

/** an interval whose steps from `from` on are done again; `source`, the earlier run, is absent when all are */
export interface Retry {
  interval: Interval;
  from: Step;
  source?: string;
  /** those of the earlier run */
  params?: Params;
}

/** as it lies in a list in the lake */
export interface ListedInterval extends Interval {
  /** how its run is made again; absent where it is run as a whole */
  retry?: Omit<Retry, 'interval'>;
}
