import { resolutions } from '../../model/resolution.js';
import type { CommandDefinition } from '../command-definition.js';
import { exitCodes, refuse } from '../../control/failure.js';
import { toJson } from '../../control/json.js';
import { reasonOf } from '../reason.js';

interface Options {
  note?: string;
}

export const resolveCommand: CommandDefinition<[string, string], Options> = {
  options: (command) =>
    command.option('--note <why>', 'why; kept beside who said so in the ledger, and shown by `show`'),
  examples: [
    'waterclock resolve parcels-2026-11-24T11:00:00Z retry',
    'waterclock resolve parcels-2026-11-24T11:00:00Z skip --note "the vendor sent no file, ticket 4711"',
  ],
  async run(context, { note, json }, run, word) {
    const { terminal } = context;
    const answer = resolutions.find((known) => known === word);
    if (!answer) refuse(`a parked run is resolved by ${resolutions.join(', ')}, got '${word}'`);
    const reason = reasonOf(note);
    const { resolveParked } = await import('../../control/resolve-parked.js');
    const steps = await resolveParked(context, run, answer, reason);
    const by = context.user();
    const text = `${run}: ${answer} ${steps.join(', ')}, by ${by}${reason ? `: ${reason}` : ''}`;
    terminal.print(json ? toJson({ run, answer, steps, by, note: reason ?? null }) : text);
    return exitCodes.done;
  },
};
