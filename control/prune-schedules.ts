import type { ScheduleClient } from '@temporalio/client';
import { scheduledName } from '../model/names.js';
import type { Applied } from './apply-schedule.js';

/** schedules of ours that belong to no definition, deleted if asked to */
export async function pruneSchedules(
  client: ScheduleClient,
  known: Set<string>,
  { prune, dryRun }: { prune: boolean; dryRun: boolean },
): Promise<Applied[]> {
  const found: Applied[] = [];
  for await (const { scheduleId: id } of client.list()) {
    const name = scheduledName(id);
    if (name === undefined || known.has(id)) continue;
    if (prune && !dryRun) await client.getHandle(id).delete();
    found.push({ schedule: id, pipeline: name, status: prune ? 'pruned' : 'unknown', changes: [] });
  }
  return found;
}
