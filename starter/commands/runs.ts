import type { WorkflowExecutionInfo, WorkflowExecutionStatusName } from '@temporalio/client';
import { Option } from 'commander';
import { attributes } from '../../model/attributes.js';
import { iso } from '../../model/interval.js';
import { parseRunName } from '../../model/names.js';
import { atLeastOne } from '../choices.js';
import { exitCodes } from '../failure.js';
import { findPipeline } from '../find-pipeline.js';
import { toJson } from '../json.js';
import type { CommandDefinition } from '../command-definition.js';
import { elapsed, table } from '../table.js';

/** what people say, and what visibility calls it */
const statuses = {
  running: 'Running',
  completed: 'Completed',
  failed: 'Failed',
  cancelled: 'Canceled',
  terminated: 'Terminated',
} as const;

interface Options {
  pipeline?: string;
  status?: keyof typeof statuses;
  limit: number;
}

export const runsCommand: CommandDefinition<[], Options> = {
  options: (command) =>
    command
      .option('--pipeline <name>', 'only its runs')
      .addOption(new Option('--status <status>', 'only those that ended so').choices(Object.keys(statuses)))
      .option('--limit <n>', 'how many', atLeastOne, 20),
  examples: ['waterclock runs', 'waterclock runs --pipeline earthquakes --status failed', 'waterclock runs --json'],
  async run(context, { pipeline, status, limit, json }) {
    const { terminal } = context;
    if (pipeline) findPipeline(await context.pipelines(), pipeline);
    const { client } = await context.temporal();
    const query = [
      'WorkflowType = "pipelineRun"',
      ...(pipeline ? [`Pipeline = "${pipeline}"`] : []),
      ...(status ? [`ExecutionStatus = "${statuses[status]}"`] : []),
    ].join(' AND ');
    const rows = [];
    for await (const info of client.workflow.list({ query, pageSize: Math.min(limit, 1000) })) {
      const { typedSearchAttributes: known } = info;
      rows.push({
        run: runOf(info, known.get(attributes.Pipeline)),
        runId: info.runId,
        status: statusWord(info.status.name),
        trigger: known.get(attributes.Trigger) ?? null,
        step: known.get(attributes.Step) ?? null,
        loaded: known.get(attributes.RowsLoaded) ?? null,
        rejected: known.get(attributes.RowsRejected) ?? null,
        late: known.get(attributes.Late) ?? false,
        startedAt: info.startTime.toISOString(),
        durationMs: (info.closeTime ?? new Date()).getTime() - info.startTime.getTime(),
      });
      if (rows.length >= limit) break;
    }
    if (json) {
      terminal.print(toJson(rows));
      return exitCodes.done;
    }
    const shown = rows.map(({ run, status, trigger, step, loaded, rejected, late, startedAt, durationMs }) => ({
      run,
      status: late ? `${status}, late` : status,
      trigger,
      step,
      loaded,
      rejected,
      started: startedAt.slice(0, 19).replace('T', ' '),
      duration: elapsed(durationMs),
    }));
    if (shown.length > 0) terminal.print(table(shown, { width: terminal.width() }));
    else terminal.say('no such run');
    return exitCodes.done;
  },
};

/** a start off the grid carries another id than its run's name */
function runOf(info: WorkflowExecutionInfo, pipeline: string | undefined): string {
  return parseRunName(info.workflowId) || !pipeline ? info.workflowId : `${info.workflowId} (${pipeline})`;
}

export function statusWord(name: WorkflowExecutionStatusName): string {
  return name.toLowerCase().replaceAll('_', ' ');
}

export function isoSeconds(date: Date | undefined): string | null {
  return date ? iso(Math.floor(date.getTime() / 1000) * 1000) : null;
}
