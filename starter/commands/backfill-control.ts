import { WorkflowUpdateFailedError, type WorkflowHandle } from '@temporalio/client';
import type { Command } from 'commander';
import type { BackfillResult } from '../../model/backfill.js';
import { backfillReport } from '../backfill-report.js';
import { atLeastOne } from '../choices.js';
import type { CommandDefinition } from '../command-definition.js';
import { rootMessage } from '../explain.js';
import { exitCodes, refuse } from '../failure.js';
import { findBackfill } from '../find-backfill.js';
import { toJson } from '../json.js';

const example = 'backfill-earthquakes-2018-01-31T01:00:00Z-2018-02-07T02:00:00Z';

/** a command that asks a backfill for something and shows what it answers */
function control<Options extends object>(
  word: string,
  ask: (handle: WorkflowHandle, options: Options) => Promise<BackfillResult>,
  options?: (command: Command) => void,
  example_ = '',
): CommandDefinition<[string], Options> {
  return {
    ...(options && { options }),
    examples: [
      `waterclock backfill ${word} earthquakes${example_}`,
      `waterclock backfill ${word} ${example}${example_} --json`,
    ],
    async run(context, given, idOrPipeline) {
      const { terminal } = context;
      const handle = await findBackfill(context, idOrPipeline);
      const progress = await ask(handle, given).catch((error: unknown) => {
        if (error instanceof WorkflowUpdateFailedError) refuse(`${handle.workflowId}: ${rootMessage(error)}`);
        throw error;
      });
      terminal.print(
        given.json
          ? toJson({ backfill: handle.workflowId, ...progress })
          : `${handle.workflowId}\n${backfillReport(context, progress)}`,
      );
      return exitCodes.done;
    },
  };
}

const update =
  (name: string, argument: unknown = null) =>
  (handle: WorkflowHandle) =>
    handle.executeUpdate<BackfillResult, [unknown]>(name, { args: [argument] });

export const backfillStatusCommand = control('status', async (handle) => {
  const { status } = await handle.describe();
  return status.name === 'COMPLETED'
    ? ((await handle.result()) as BackfillResult)
    : handle.query<BackfillResult>('progress');
});

export const backfillPauseCommand = control('pause', update('pause'));

export const backfillResumeCommand = control('resume', update('resume'));

export const backfillCancelCommand = control<{ now?: true }>(
  'cancel',
  (handle, { now = false }) => update('cancel', { now })(handle),
  (command) => command.option('--now', 'also cancel the runs under way; without it they end by themselves'),
);

export const backfillSetCommand = control<{ maxActive: number }>(
  'set',
  (handle, { maxActive }) => update('setMaxActive', maxActive)(handle),
  (command) => command.requiredOption('--max-active <n>', 'runs at a time', atLeastOne),
  ' --max-active 2',
);
