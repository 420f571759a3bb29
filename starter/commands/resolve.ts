import { resolutions } from '../../model/resolution.js';
import type { CommandDefinition } from '../command-definition.js';
import { exitCodes, refuse } from '../failure.js';
import { toJson } from '../json.js';

export const resolveCommand: CommandDefinition<[string, string], object> = {
  examples: [
    'waterclock resolve door2door-2022-11-24T11:00:00Z retry',
    'waterclock resolve door2door-2022-11-24T11:00:00Z skip',
  ],
  async run(context, { json }, run, word) {
    const { terminal } = context;
    const answer = resolutions.find((known) => known === word);
    if (!answer) refuse(`a parked run is resolved by ${resolutions.join(', ')}, got '${word}'`);
    const { resolveParked } = await import('../resolve-parked.js');
    const steps = await resolveParked(context, run, answer);
    terminal.print(json ? toJson({ run, answer, steps }) : `${run}: ${answer} ${steps.join(', ')}`);
    return exitCodes.done;
  },
};
