import type { CommandDefinition } from '../command-definition.js';
import { exitCodes, refuse } from '../failure.js';
import { toJson } from '../json.js';

export const cancelCommand: CommandDefinition<[string], object> = {
  examples: ['waterclock cancel door2door-2022-11-24T11:00:00Z'],
  async run(context, { json }, run) {
    const { terminal } = context;
    const { WorkflowNotFoundError } = await import('@temporalio/client');
    const { client } = await context.temporal();
    const handle = client.workflow.getHandle(run);
    try {
      // a run that ended takes the request and forgets it
      const { status } = await handle.describe();
      if (status.name !== 'RUNNING') refuse(`${run} has ended already: ${status.name.toLowerCase()}`);
      await handle.cancel();
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) refuse(`no run is named '${run}': see \`waterclock runs\``);
      throw error;
    }
    const told = { run, status: 'cancelling' };
    terminal.print(json ? toJson(told) : `cancelling ${run}: its statements and processes are ended first`);
    return exitCodes.done;
  },
};
