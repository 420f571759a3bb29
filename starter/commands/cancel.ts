import type { BackfillResult } from '../../model/backfill.js';
import type { CommandDefinition } from '../command-definition.js';
import { exitCodes, refuse } from '../../control/failure.js';
import { toJson } from '../../control/json.js';

export const cancelCommand: CommandDefinition<[string], object> = {
  examples: [
    'waterclock cancel parcels-2026-11-24T11:00:00Z',
    'waterclock cancel retry-orders-2026-01-31T01:00:00Z-2026-02-07T02:00:00Z   # with the runs that it started',
  ],
  async run(context, { json }, run) {
    const { terminal } = context;
    const { WorkflowNotFoundError } = await import('@temporalio/client');
    const temporal = await context.temporal();
    const handle = temporal.client.workflow.getHandle(run);
    try {
      // a run that ended takes the request and forgets it
      const { status, type } = await handle.describe();
      if (status.name !== 'RUNNING') refuse(`${run} has ended already: ${status.name.toLowerCase()}`);
      if (type === 'backfill') {
        const { updateWorkflow } = await import('../../control/ask-workflow.js');
        const { active } = await updateWorkflow<BackfillResult>(temporal, handle, 'cancel', { now: true });
        const told = { backfill: run, status: 'cancelling', active };
        terminal.print(json ? toJson(told) : [`cancelling ${run}, and what it started:`, ...active].join('\n  '));
        return exitCodes.done;
      }
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
