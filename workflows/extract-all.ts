import type { Extracted, StepRef } from '../model/plan.js';
import { pool } from '../model/pool.js';
import type { StepActivities } from './route.js';

/** ranges of one run that are extracted at once, over all workers */
const activeRanges = 8;

/** an interval of many objects is extracted range by range, side by side, each by an activity that is tried by itself */
export async function extractAll(activities: StepActivities, given: StepRef): Promise<Extracted> {
  const extracted = await activities.extract({ ...given, spreads: true });
  if (extracted.ranges === undefined) return extracted;
  const ranges = Array.from({ length: extracted.ranges }, (_, range) => range);
  const settled = await pool(ranges, activeRanges, (range) => activities.extractRange({ ...given, range }));
  const broken = settled.find((result) => result.status === 'rejected');
  if (broken) throw broken.reason;
  return activities.extract(given);
}
