import { exitCodes } from '../../control/failure.js';
import { toJson } from '../../control/json.js';
import type { CommandDefinition } from '../command-definition.js';
import { frozenGrid } from '../../control/apply-schedule.js';
import { gridText } from '../../control/lengths.js';
import { table } from '../table.js';
import { isoSeconds } from '../../control/iso-seconds.js';

export const scheduleListCommand: CommandDefinition<[], object> = {
  examples: ['waterclock schedule list', 'waterclock schedule list --json'],
  async run(context, { json }) {
    const { terminal } = context;
    const { client } = await context.temporal();
    const { scheduleId } = await import('../../model/names.js');
    const rows = [];
    const { pipelines, builds } = await context.project();
    for (const { name, grid } of [...pipelines, ...builds]) {
      const found = await client.schedule
        .getHandle(scheduleId(name))
        .describe()
        .catch((error: Error) => (error.name === 'ScheduleNotFoundError' ? undefined : Promise.reject(error)));
      rows.push({
        pipeline: name,
        schedule: scheduleId(name),
        every: gridText(frozenGrid(found) ?? grid),
        state: !found ? 'not applied' : found.state.paused ? 'paused' : 'on',
        note: found?.state.note ?? null,
        next: isoSeconds(found?.info.nextActionTimes[0]),
        last: isoSeconds(found?.info.recentActions.at(-1)?.takenAt),
        started: found?.info.numActionsTaken ?? null,
      });
    }
    terminal.print(json ? toJson(rows) : table(rows, { width: terminal.width() }));
    return exitCodes.done;
  },
};
