import type { ScheduleHandle } from '@temporalio/client';
import type { Command } from 'commander';
import { describeSchedule } from '../apply-schedule.js';
import type { CommandDefinition } from '../command-definition.js';
import { exitCodes, refuse } from '../failure.js';
import { findPipeline } from '../find-pipeline.js';
import { toJson } from '../json.js';

interface Told {
  status: string;
  note?: string;
}

/** a command that changes the state of one pipeline's schedule */
function control<Options extends object>(
  word: string,
  change: (handle: ScheduleHandle, options: Options) => Promise<Told>,
  options?: (command: Command) => void,
  more = '',
): CommandDefinition<[string], Options> {
  return {
    ...(options && { options }),
    examples: [`waterclock schedule ${word} door2door${more}`],
    async run(context, given, name) {
      const { terminal } = context;
      const pipeline = findPipeline(await context.pipelines(), name);
      const { scheduleId } = await import('../../model/names.js');
      const { client } = await context.temporal();
      const id = scheduleId(pipeline.name);
      if (!(await describeSchedule(client.schedule, id)))
        refuse(`${name} has no schedule yet: \`waterclock schedule apply\``);
      const told = await change(client.schedule.getHandle(id), given);
      const note = told.note ? `: ${told.note}` : '';
      terminal.print(given.json ? toJson({ schedule: id, pipeline: name, ...told }) : `${id}  ${told.status}${note}`);
      return exitCodes.done;
    },
  };
}

export const schedulePauseCommand = control<{ note?: string }>(
  'pause',
  async (handle, { note }) => {
    await handle.pause(note);
    return { status: 'paused', ...(note && { note }) };
  },
  (command) => command.option('--note <text>', 'why, for those who look at it later'),
  ' --note "source is being moved"',
);

export const scheduleResumeCommand = control('resume', async (handle) => {
  await handle.unpause();
  return { status: 'resumed', note: 'the watch fills what was missed, as far back as the catchup of the definition' };
});

export const scheduleTriggerCommand = control('trigger', async (handle) => {
  await handle.trigger();
  return { status: 'triggered', note: 'it runs the last complete interval, unless that is running or loaded' };
});
