import { atLeastOne } from '../choices.js';
import type { CommandDefinition } from '../command-definition.js';
import { exitCodes } from '../failure.js';
import { toJson } from '../json.js';
import { elapsed, table } from '../table.js';
import { isoSeconds } from '../iso-seconds.js';
import { statusWord } from '../run-rows.js';

interface Options {
  limit: number;
}

export const backfillListCommand: CommandDefinition<[], Options> = {
  options: (command) => command.option('--limit <n>', 'how many', atLeastOne, 20),
  examples: ['waterclock backfill list', 'waterclock backfill list --json'],
  async run(context, { limit, json }) {
    const { terminal } = context;
    const { client } = await context.temporal();
    const rows = [];
    for await (const info of client.workflow.list({
      query: 'WorkflowType = "backfill"',
      pageSize: Math.min(limit, 1000),
    })) {
      rows.push({
        backfill: info.workflowId,
        status: statusWord(info.status.name, null),
        startedAt: isoSeconds(info.startTime),
        durationMs: (info.closeTime ?? new Date()).getTime() - info.startTime.getTime(),
      });
      if (rows.length >= limit) break;
    }
    if (json) terminal.print(toJson(rows));
    else if (rows.length === 0) terminal.say('no backfill yet: `waterclock backfill create --help`');
    else {
      const shown = rows.map(({ durationMs, ...row }) => ({ ...row, duration: elapsed(durationMs) }));
      terminal.print(table(shown, { width: terminal.width() }));
    }
    return exitCodes.done;
  },
};
