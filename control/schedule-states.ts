import type { ScheduleClient, ScheduleDescription, ScheduleHandle } from '@temporalio/client';
import { scheduleId } from '../model/names.js';
import { describeSchedule } from './apply-schedule.js';

type State = Pick<ScheduleDescription['state'], 'paused' | 'note'>;

/** what became of one pipeline's schedule */
export interface Told {
  schedule: string;
  pipeline: string;
  status: 'paused' | 'paused already' | 'resumed' | 'on already' | 'left paused' | 'not applied';
  note?: string;
}

/** how the note of a pause of all begins: by it `resume --all` knows what a person had not paused by itself */
const pausedWithAll = 'paused with all';

/** pauses what is on; what is paused already keeps its own note */
export function pauseAll(client: ScheduleClient, pipelines: string[], note: string | undefined): Promise<Told[]> {
  const told = [pausedWithAll, note].filter(Boolean).join(': ');
  return each(client, pipelines, async ({ paused, note: earlier }, handle) => {
    if (paused) return { status: 'paused already', ...(earlier && { note: earlier }) };
    await handle.pause(told);
    return { status: 'paused', note: told };
  });
}

/** resumes what `pauseAll` paused, and nothing that a person paused before or since */
export function resumeAll(client: ScheduleClient, pipelines: string[]): Promise<Told[]> {
  return each(client, pipelines, async ({ paused, note = '' }, handle) => {
    if (!paused) return { status: 'on already' };
    if (note !== pausedWithAll && !note.startsWith(`${pausedWithAll}: `)) {
      return { status: 'left paused', ...(note && { note }) };
    }
    await handle.unpause('resumed with all');
    return { status: 'resumed' };
  });
}

/** one after the other: the server takes few changes of schedules a second */
async function each(
  client: ScheduleClient,
  pipelines: string[],
  change: (state: State, handle: ScheduleHandle) => Promise<Pick<Told, 'status' | 'note'>>,
): Promise<Told[]> {
  const told: Told[] = [];
  for (const pipeline of pipelines) {
    const schedule = scheduleId(pipeline);
    const found = await describeSchedule(client, schedule);
    const changed = found ? await change(found.state, client.getHandle(schedule)) : { status: 'not applied' as const };
    told.push({ schedule, pipeline, ...changed });
  }
  return told;
}
