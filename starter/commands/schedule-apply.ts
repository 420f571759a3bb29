import type { ScheduleClient, ScheduleDescription } from '@temporalio/client';
import { exitCodes } from '../failure.js';
import { toJson } from '../json.js';
import type { CommandDefinition } from '../command-definition.js';
import { differences, scheduleOf, type Difference } from '../schedules.js';
import { every } from '../table.js';

interface Options {
  dryRun?: true;
}

interface Applied {
  schedule: string;
  pipeline: string;
  status: 'created' | 'updated' | 'unchanged';
  changes: Difference[];
}

export const scheduleApplyCommand: CommandDefinition<[], Options> = {
  options: (command) => command.option('--dry-run', 'show the differences'),
  examples: ['waterclock schedule apply --dry-run', 'waterclock schedule apply'],
  async run(context, { dryRun, json }) {
    const { terminal } = context;
    const { taskQueue } = context.settings();
    const pipelines = await context.pipelines();
    const { client } = await context.temporal();
    const applied: Applied[] = [];
    for (const pipeline of pipelines) {
      const wanted = scheduleOf(pipeline, taskQueue);
      const handle = client.schedule.getHandle(wanted.scheduleId);
      const found = await describe(client.schedule, wanted.scheduleId);
      const changes = found ? differences(wanted, found) : [];
      const status = !found ? 'created' : changes.length > 0 ? 'updated' : 'unchanged';
      if (!dryRun && status === 'created') await client.schedule.create(wanted);
      // the whole state goes back, otherwise a pause and its note would be lost
      if (!dryRun && status === 'updated') await handle.update(({ state }) => ({ ...wanted, state }));
      applied.push({ schedule: wanted.scheduleId, pipeline: pipeline.name, status, changes });
      if (json) continue;
      const will = dryRun && status !== 'unchanged' ? 'would be ' : '';
      const paused = found?.state.paused ? ` (paused${found.state.note ? `: ${found.state.note}` : ''})` : '';
      terminal.print(`${wanted.scheduleId}  every ${every(pipeline.grid.every)}  ${will}${status}${paused}`);
      for (const { what, from, to } of changes) terminal.print(`  ${what}: ${toJson(from)} -> ${toJson(to)}`);
    }
    if (json) terminal.print(toJson({ schedules: applied, ...(dryRun && { status: 'dry run' }) }));
    return exitCodes.done;
  },
};

async function describe(client: ScheduleClient, id: string): Promise<ScheduleDescription | undefined> {
  const { ScheduleNotFoundError } = await import('@temporalio/client');
  try {
    return await client.getHandle(id).describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  }
}
