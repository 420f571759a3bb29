import type { Interval } from './interval.js';
import type { ObjectRef } from './plan.js';

/** intervals of any number, in the lake */
export interface ListedIntervals {
  /** JSON, oldest first */
  list: ObjectRef;
  count: number;
  first: Interval;
  last: Interval;
}
