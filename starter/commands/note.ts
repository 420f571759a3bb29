import type { CommandDefinition } from '../command-definition.js';
import { exitCodes, refuse } from '../../control/failure.js';
import { toJson } from '../../control/json.js';
import { parseRunName } from '../../model/names.js';
import { whoAmI, writeNote } from '../../control/notes.js';
import { runIdOf } from '../../control/run-id-of.js';

interface Options {
  by?: string;
  runId?: string;
}

export const noteCommand: CommandDefinition<[string, string], Options> = {
  options: (command) =>
    command
      .option('--by <name>', 'who says it (default: the user of this machine)')
      .option('--run-id <id>', 'about an earlier execution under this name (default: the latest)'),
  examples: [
    'waterclock note parcels-2026-11-24T11:00:00Z "the source had an outage, see INC-42"',
    'waterclock note parcels-2026-11-24T11:00:00Z "loaded by hand" --by ana --json',
  ],
  async run(context, { by = whoAmI(), runId: asked, json }, run, text) {
    if (!parseRunName(run)) refuse(`notes are kept for runs, as in orders-2026-01-31T02:00:00Z; got '${run}'`);
    const runId = await runIdOf(context, run, asked);
    if (!runId) refuse(`no run is named '${run}'${asked ? ` with the run id ${asked}` : ''}: see \`waterclock runs\``);
    const note = { run, runId, at: new Date().toISOString(), by, text: text.trim() };
    await writeNote(context, note);
    context.terminal.print(json ? toJson(note) : `${run}  noted by ${by}`);
    return exitCodes.done;
  },
};
