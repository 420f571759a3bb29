import type { WorkflowExecutionInfo } from '@temporalio/client';
import type { BackfillResult } from '../../model/backfill.js';
import { askWorkflow } from '../../control/ask-workflow.js';
import { backfillWord } from '../backfill-word.js';
import { atLeastOne } from '../choices.js';
import type { CommandDefinition } from '../command-definition.js';
import { rootMessage } from '../../control/explain.js';
import { CommandFailure, exitCodes } from '../../control/failure.js';
import { isoSeconds } from '../../control/iso-seconds.js';
import { toJson } from '../../control/json.js';
import { elapsed } from '../../control/lengths.js';
import { table } from '../table.js';
import type { Temporal } from '../../control/temporal.js';

interface Options {
  limit: number;
}

export const backfillListCommand: CommandDefinition<[], Options> = {
  options: (command) => command.option('--limit <n>', 'how many', atLeastOne, 20),
  examples: ['waterclock backfill list', 'waterclock backfill list --json'],
  async run(context, { limit, json }) {
    const { terminal } = context;
    const temporal = await context.temporal();
    const infos: WorkflowExecutionInfo[] = [];
    // what continues another execution is listed once, as the last
    const query = 'WorkflowType = "backfill" AND ExecutionStatus != "ContinuedAsNew"';
    for await (const info of temporal.client.workflow.list({ query, pageSize: Math.min(limit, 1000) })) {
      infos.push(info);
      if (infos.length >= limit) break;
    }
    const unknown = new Set<string>();
    const rows = await Promise.all(
      infos.map(async (info) => {
        const progress = await progressOf(temporal, info).catch((error: unknown) => {
          unknown.add(error instanceof CommandFailure ? 'no worker answers' : rootMessage(error));
          return undefined;
        });
        return rowOf(info, progress);
      }),
    );
    if (unknown.size > 0) terminal.say(`without the counts of some: ${[...unknown].join('; ')}`);
    if (json) terminal.print(toJson(rows));
    else if (rows.length === 0) terminal.say('no backfill yet: `waterclock backfill create --help`');
    else terminal.print(table(rows.map(shown), { width: terminal.width() }));
    return exitCodes.done;
  },
};

/** a result is in the server, anything else is known to a worker alone */
async function progressOf(temporal: Temporal, { workflowId, runId, status }: WorkflowExecutionInfo) {
  const handle = temporal.client.workflow.getHandle(workflowId, runId);
  if (status.name === 'COMPLETED') return (await handle.result()) as BackfillResult;
  return askWorkflow<BackfillResult>(temporal, handle, 'progress');
}

function rowOf(
  { workflowId, status, startTime, closeTime }: WorkflowExecutionInfo,
  progress: BackfillResult | undefined,
) {
  const began = progress?.since ? new Date(progress.since) : startTime;
  return {
    backfill: workflowId,
    status: backfillWord(status.name, progress),
    total: progress?.total ?? null,
    done: progress ? progress.succeeded + progress.failedCount : null,
    failed: progress?.failedCount ?? null,
    active: status.name === 'RUNNING' ? (progress?.active.length ?? null) : 0,
    maxActive: progress?.maxActive ?? null,
    startedAt: isoSeconds(began),
    durationMs: (closeTime ?? new Date()).getTime() - began.getTime(),
  };
}

function shown({ total, done, active, maxActive, durationMs, ...row }: ReturnType<typeof rowOf>) {
  return {
    ...row,
    done: done === null ? null : `${done}/${total}`,
    active: active === null ? null : `${active}/${maxActive ?? '?'}`,
    duration: elapsed(durationMs),
  };
}
