import type { Wanted } from '../model/run-row.js';
import type { RunRow } from '../model/run-row.js';
import type { WorkflowExecutionInfo, WorkflowExecutionStatusName } from '@temporalio/client';
import { attributes } from '../model/attributes.js';
import { iso } from '../model/interval.js';
import { isBuildName, parseRunName } from '../model/names.js';
import type { Context } from './context.js';
import { rootMessage } from './explain.js';
import { ledgerRuns } from '../warehouse/ledger-runs.js';
import type { RunWord } from '../model/run-statuses.js';

/** newest first: Temporal tells what runs or was ended from outside, the ledger what closed, also when Temporal has forgotten it */
export async function runRows(context: Context, wanted: Wanted): Promise<RunRow[]> {
  if (wanted.pipelines?.length === 0) return [];
  const [running, ended] = await Promise.allSettled([
    fromTemporal(context, wanted),
    // the ledger has no row of a build
    isBuildName(wanted.pipeline ?? '') ? [] : context.warehouse().then((warehouse) => ledgerRuns(warehouse, wanted)),
  ]);
  if (running.status === 'rejected') throw running.reason;
  if (ended.status === 'rejected') context.terminal.say(`without the ledger: ${rootMessage(ended.reason)}`);
  const known = running.value;
  const closed = ended.status === 'fulfilled' ? ended.value : [];
  const byId = new Map(known.map((row) => [row.runId, row]));
  // what a run brought is known better by the ledger
  for (const row of closed) byId.set(row.runId, row);
  return [...byId.values()]
    .filter(({ status }) => wanted.status === undefined || status === wanted.status)
    .sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1))
    .slice(0, wanted.limit);
}

/** what visibility calls it */
const visible: Record<RunWord, WorkflowExecutionStatusName> = {
  running: 'RUNNING',
  parked: 'RUNNING',
  completed: 'COMPLETED',
  partial: 'COMPLETED',
  skipped: 'COMPLETED',
  // Temporal knows of no run
  marked: 'COMPLETED',
  failed: 'FAILED',
  cancelled: 'CANCELLED',
  terminated: 'TERMINATED',
};

async function fromTemporal(
  context: Context,
  { pipeline, pipelines, status, from, to, limit }: Wanted,
): Promise<RunRow[]> {
  const { client } = await context.temporal();
  const word = status && visible[status];
  const query = [
    `WorkflowType = "${isBuildName(pipeline ?? '') ? 'dbtRequest' : 'pipelineRun'}"`,
    ...(pipeline ? [`Pipeline = "${pipeline}"`] : []),
    ...(pipelines ? [`Pipeline IN (${pipelines.map((name) => `"${name}"`).join(', ')})`] : []),
    ...(from ? [`IntervalStart >= "${from}"`] : []),
    ...(to ? [`IntervalStart < "${to}"`] : []),
    ...(word ? [`ExecutionStatus = "${word === 'CANCELLED' ? 'Canceled' : capital(word)}"`] : []),
  ].join(' AND ');
  const rows: RunRow[] = [];
  for await (const info of client.workflow.list({ query, pageSize: Math.min(limit, 1000) })) {
    rows.push(rowOf(info));
    if (rows.length >= limit) break;
  }
  return rows;
}

function rowOf(info: WorkflowExecutionInfo): RunRow {
  const { typedSearchAttributes: known, runId, startTime, closeTime } = info;
  const pipeline = known.get(attributes.Pipeline) ?? null;
  const step = known.get(attributes.Step) ?? null;
  const start = known.get(attributes.IntervalStart);
  return {
    run: runOf(info.workflowId, pipeline),
    runId,
    pipeline,
    interval: start ? iso(start.getTime()) : null,
    status: statusWord(info.status.name, step),
    trigger: known.get(attributes.Trigger) ?? null,
    step,
    loaded: known.get(attributes.RowsLoaded) ?? null,
    rejected: known.get(attributes.RowsRejected) ?? null,
    late: known.get(attributes.Late) ?? false,
    params: null,
    startedAt: startTime.toISOString(),
    finishedAt: closeTime?.toISOString() ?? null,
  };
}

/** a start off the grid carries another id than its run's name */
function runOf(workflowId: string, pipeline: string | null): string {
  return parseRunName(workflowId) || !pipeline || isBuildName(pipeline) ? workflowId : `${workflowId} (${pipeline})`;
}

export function statusWord(name: WorkflowExecutionStatusName, step: string | null): RunRow['status'] {
  return name === 'RUNNING' && step === 'parked'
    ? 'parked'
    : (name.toLowerCase().replace('_', ' ') as RunRow['status']);
}

const capital = (word: string) => word[0] + word.slice(1).toLowerCase();
