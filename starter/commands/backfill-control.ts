import type { WorkflowHandle } from '@temporalio/client';
import type { Command } from 'commander';
import type { BackfillResult } from '../../model/backfill.js';
import { askWorkflow, updateWorkflow } from '../../control/ask-workflow.js';
import { backfillReport } from '../backfill-report.js';
import { backfillWord } from '../backfill-word.js';
import { keepGoingWords, maxActiveChoice } from '../choices.js';
import type { CommandDefinition } from '../command-definition.js';
import { exitCodes } from '../../control/failure.js';
import { findBackfill } from '../../control/find-backfill.js';
import { toJson } from '../../control/json.js';
import type { Temporal } from '../../control/temporal.js';

const example = 'backfill-orders-2026-01-31T01:00:00Z-2026-02-07T02:00:00Z';

type Said = { progress: BackfillResult; word?: string };
type Ask<Options> = (temporal: Temporal, handle: WorkflowHandle, options: Options) => Promise<Said>;

/** a command that asks a backfill, or a range of retries, for something and shows what it answers */
function control<Options extends object>(
  word: string,
  ask: Ask<Options>,
  options?: (command: Command) => void,
  example_ = '',
): CommandDefinition<[string], Options> {
  return {
    ...(options && { options }),
    examples: [
      `waterclock backfill ${word} orders${example_}`,
      `waterclock backfill ${word} ${example}${example_} --json`,
    ],
    async run(context, given, idOrPipeline) {
      const { terminal } = context;
      const handle = await findBackfill(context, idOrPipeline);
      const said = await ask(await context.temporal(), handle, given);
      const status = said.word ?? backfillWord('RUNNING', said.progress);
      terminal.print(
        given.json
          ? toJson({ backfill: handle.workflowId, ...said.progress, status })
          : `${handle.workflowId}\n${backfillReport(context, said.progress, status)}`,
      );
      return exitCodes.done;
    },
  };
}

const update =
  <Options extends object>(name: string, argument: (options: Options) => unknown = () => null): Ask<Options> =>
  async (temporal, handle, options) => ({
    progress: await updateWorkflow<BackfillResult>(temporal, handle, name, argument(options)),
  });

export const backfillStatusCommand = control('status', async (temporal, handle) => {
  const { status } = await handle.describe();
  const progress =
    status.name === 'COMPLETED'
      ? ((await handle.result()) as BackfillResult)
      : await askWorkflow<BackfillResult>(temporal, handle, 'progress');
  return { progress, word: backfillWord(status.name, progress) };
});

export const backfillPauseCommand = control('pause', update('pause'));

export const backfillResumeCommand = control<{ keepGoing?: true }>(
  'resume',
  update('resume', ({ keepGoing = false }) => ({ keepGoing })),
  (command) => command.option('--keep-going', keepGoingWords),
);

export const backfillCancelCommand = control<{ now?: true }>(
  'cancel',
  update('cancel', ({ now = false }) => ({ now })),
  (command) => command.option('--now', 'also cancel the runs under way; without it they end by themselves'),
);

export const backfillSetCommand = control<{ maxActive: number }>(
  'set',
  update('setMaxActive', ({ maxActive }) => maxActive),
  (command) => command.requiredOption('--max-active <n>', 'runs at a time', maxActiveChoice),
  ' --max-active 2',
);
