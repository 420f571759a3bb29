import type { Extracted, StepRef, Validated } from '../model/plan.js';
import { pool } from '../model/pool.js';
import type { StepActivities } from './route.js';

/** parts of one run that are validated at once, over all workers */
const mostActive = 8;
/** of the activities that validate: of more parts than these, each takes several, so that history stays small */
const mostCalls = 500;

/** each part by an activity that is tried by itself, then their sum; one part needs no other activity than its sum */
export async function validateParts(
  activities: StepActivities,
  given: StepRef,
  { manifest: extracted, parts }: Extracted,
  active = mostActive,
): Promise<Validated> {
  if (parts === 1) return activities.validate({ ...given, extracted, alone: true });
  const count = Math.ceil(parts / mostCalls) || 1;
  const firsts = Array.from({ length: Math.ceil(parts / count) }, (_, call) => call * count);
  const settled = await pool(firsts, active, (part) =>
    activities.validatePart({ ...given, extracted, part, ...(count > 1 && { count }) }),
  );
  const broken = settled.find((result) => result.status === 'rejected');
  if (broken) throw broken.reason;
  return activities.validate({ ...given, extracted });
}
