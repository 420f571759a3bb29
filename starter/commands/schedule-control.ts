import type { ScheduleHandle } from '@temporalio/client';
import type { Command } from 'commander';
import { describeSchedule } from '../apply-schedule.js';
import type { CommandDefinition } from '../command-definition.js';
import type { Context } from '../context.js';
import { exitCodes, refuse, type ExitCode } from '../failure.js';
import { findPipeline } from '../find-pipeline.js';
import { toJson } from '../json.js';
import { pauseAll, resumeAll, type Told } from '../schedule-states.js';

interface Changed {
  status: string;
  note?: string;
}

interface All {
  all?: true;
  note?: string;
}

/** a command that changes the state of one pipeline's schedule, or of all where `changeAll` is there */
function control<Options extends All>(
  word: string,
  change: (handle: ScheduleHandle, options: Options) => Promise<Changed>,
  more: {
    options?: (command: Command) => void;
    example?: string;
    changeAll?: (context: Context, pipelines: string[], options: Options) => Promise<Told[]>;
    allExample?: string;
  } = {},
): CommandDefinition<[string | undefined], Options> {
  const { options, example = '', changeAll, allExample = '' } = more;
  return {
    options(command) {
      options?.(command);
      if (changeAll) command.option('--all', 'every pipeline that has a schedule');
    },
    examples: [
      `waterclock schedule ${word} door2door${example}`,
      ...(changeAll ? [`waterclock schedule ${word} --all${allExample}`] : []),
    ],
    async run(context, given, name) {
      const pipelines = await context.pipelines();
      if (changeAll && given.all) {
        if (name !== undefined) refuse(`name a pipeline or say --all, got '${name}' and --all`);
        const names = pipelines.map((pipeline) => pipeline.name);
        return tellAll(context, await changeAll(context, names, given), given.json);
      }
      if (name === undefined)
        refuse(`name a pipeline${changeAll ? ', or say --all' : ''}: see \`waterclock pipelines\``);
      const pipeline = findPipeline(pipelines, name);
      const { scheduleId } = await import('../../model/names.js');
      const { client } = await context.temporal();
      const id = scheduleId(pipeline.name);
      if (!(await describeSchedule(client.schedule, id)))
        refuse(`${name} has no schedule yet: \`waterclock schedule apply\``);
      const told = await change(client.schedule.getHandle(id), given);
      const note = told.note ? `: ${told.note}` : '';
      context.terminal.print(
        given.json ? toJson({ schedule: id, pipeline: name, ...told }) : `${id}  ${told.status}${note}`,
      );
      return exitCodes.done;
    },
  };
}

function tellAll({ terminal }: Context, told: Told[], json: true | undefined): ExitCode {
  if (json) terminal.print(toJson({ schedules: told }));
  else {
    for (const { schedule, status, note } of told) terminal.print(`${schedule}  ${status}${note ? `: ${note}` : ''}`);
  }
  return exitCodes.done;
}

export const schedulePauseCommand = control<All>(
  'pause',
  async (handle, { note }) => {
    await handle.pause(note);
    return { status: 'paused', ...(note && { note }) };
  },
  {
    options: (command) => command.option('--note <text>', 'why, for those who look at it later'),
    example: ' --note "source is being moved"',
    changeAll: async (context, pipelines, { note }) =>
      pauseAll((await context.temporal()).client.schedule, pipelines, note),
    allExample: ' --note "the warehouse is being resized"',
  },
);

export const scheduleResumeCommand = control<All>(
  'resume',
  async (handle) => {
    await handle.unpause();
    return {
      status: 'resumed',
      note: 'the watch fills what was missed, as far back as the catchup of the definition',
    };
  },
  { changeAll: async (context, pipelines) => resumeAll((await context.temporal()).client.schedule, pipelines) },
);

export const scheduleTriggerCommand = control<All>('trigger', async (handle) => {
  await handle.trigger();
  return { status: 'triggered', note: 'it runs the last complete interval, unless that is running or loaded' };
});
