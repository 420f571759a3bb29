import type { ScheduleClient } from '@temporalio/client';
import { scheduleId } from '../model/names.js';
import type { Applied } from './apply-schedule.js';

/** schedules of ours that belong to no definition, deleted if asked to */
export async function pruneSchedules(
  client: ScheduleClient,
  known: Set<string>,
  { prune, dryRun }: { prune: boolean; dryRun: boolean },
): Promise<Applied[]> {
  const prefix = scheduleId('');
  const found: Applied[] = [];
  for await (const { scheduleId: id } of client.list()) {
    if (!id.startsWith(prefix) || known.has(id)) continue;
    if (prune && !dryRun) await client.getHandle(id).delete();
    found.push({ schedule: id, pipeline: id.slice(prefix.length), status: prune ? 'pruned' : 'unknown', changes: [] });
  }
  return found;
}
