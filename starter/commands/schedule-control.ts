import type { ScheduleHandle } from '@temporalio/client';
import type { Command } from 'commander';
import { describeSchedule } from '../../control/apply-schedule.js';
import type { CommandDefinition } from '../command-definition.js';
import type { Context } from '../../control/context.js';
import { exitCodes, refuse, type ExitCode } from '../../control/failure.js';
import { findScheduled, scheduledNames } from '../../control/find-scheduled.js';
import { isBuildName } from '../../model/names.js';
import { toJson } from '../../control/json.js';
import { pauseAll, resumeAll, type Told } from '../../control/schedule-states.js';

interface Changed {
  status: string;
  note?: string;
}

interface All {
  all?: true;
  note?: string;
}

/** a command that changes the state of the schedule of one pipeline or build, or of all where `changeAll` is there */
function control<Options extends All>(
  word: string,
  change: (handle: ScheduleHandle, options: Options, name: string) => Promise<Changed>,
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
      if (changeAll) command.option('--all', 'everything that has a schedule');
    },
    examples: [
      `waterclock schedule ${word} parcels${example}`,
      ...(changeAll ? [`waterclock schedule ${word} --all${allExample}`] : []),
    ],
    async run(context, given, name) {
      const project = await context.project();
      if (changeAll && given.all) {
        if (name !== undefined) refuse(`name a pipeline or say --all, got '${name}' and --all`);
        return tellAll(context, await changeAll(context, scheduledNames(project), given), given.json);
      }
      if (name === undefined)
        refuse(`name a pipeline${changeAll ? ', or say --all' : ''}: see \`waterclock pipelines\``);
      findScheduled(project, name);
      const { scheduleId } = await import('../../model/names.js');
      const { client } = await context.temporal();
      const id = scheduleId(name);
      if (!(await describeSchedule(client.schedule, id)))
        refuse(`${name} has no schedule yet: \`waterclock schedule apply\``);
      const told = await change(client.schedule.getHandle(id), given, name);
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
  async (handle, _, name) => {
    await handle.unpause();
    const note = isBuildName(name)
      ? 'the next build begins at its time: see `waterclock schedule list`'
      : 'the watch fills what was missed, as far back as the catchup of the definition';
    return { status: 'resumed', note };
  },
  { changeAll: async (context, pipelines) => resumeAll((await context.temporal()).client.schedule, pipelines) },
);

export const scheduleTriggerCommand = control<All>('trigger', async (handle, _, name) => {
  await handle.trigger();
  const note = isBuildName(name)
    ? 'the build begins now, unless one of its schedule is under way'
    : 'it runs the last complete interval, unless that is running or loaded';
  return { status: 'triggered', note };
});
