import { resolutions, type Resolution } from '../../model/resolution.js';
import type { CommandDefinition } from '../command-definition.js';
import { rootMessage } from '../explain.js';
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
    const { WorkflowNotFoundError, WorkflowUpdateFailedError } = await import('@temporalio/client');
    const { client } = await context.temporal();
    try {
      const steps = await client.workflow
        .getHandle(run)
        .executeUpdate<string[], [Resolution]>('resolve', { args: [answer] });
      terminal.print(json ? toJson({ run, answer, steps }) : `${run}: ${answer} ${steps.join(', ')}`);
      return exitCodes.done;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) refuse(`no run named '${run}' is running: see \`waterclock runs\``);
      if (error instanceof WorkflowUpdateFailedError) refuse(`${run}: ${rootMessage(error)}`);
      throw error;
    }
  },
};
