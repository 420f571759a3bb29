import { WorkflowNotFoundError, type Client, type WorkflowHandle } from '@temporalio/client';
import { attributes } from '../model/attributes.js';
import { intervalEnding, type Interval } from '../model/interval.js';
import type { FailingRow } from '../model/dbt.js';
import { workflowLink } from '../model/link.js';
import { parseRunName } from '../model/names.js';
import type { Note } from '../model/note.js';
import type { Params } from '../model/params.js';
import type { RunInput } from '../model/plan.js';
import type { StepOutcome } from '../model/step-outcome.js';
import type { Row } from '../warehouse/data-api.js';
import type { Context } from './context.js';
import { driftOf } from './drift.js';
import { startedWith } from './earlier-run.js';
import { rootMessage } from './explain.js';
import { markOf } from './mark-of.js';
import type { ShownMark } from '../warehouse/mark.js';
import { failingRows } from './failing-rows.js';
import { isoSeconds } from './iso-seconds.js';
import { ledgerRuns, rowsOfRun } from '../warehouse/ledger-runs.js';
import { neighboursOf, type Neighbours } from './neighbours.js';
import { notesOf } from './notes.js';
import { otherDefinition } from './worker-definitions.js';
import type { RunRow } from '../model/run-row.js';
import { statusWord } from './run-rows.js';
import { stepsOf } from './steps-of.js';

/** one run, or another workflow of the service */
export interface Shown {
  run: string;
  runId: string;
  type: string;
  status: RunRow['status'];
  pipeline: string | null;
  interval: Interval | null;
  trigger: string | null;
  step: string | null;
  late: boolean;
  params: Params | null;
  startedAt: string | null;
  finishedAt: string | null;
  durationMs: number;
  steps?: StepOutcome[];
  result?: unknown;
  error?: string;
  /** of the tests that the error names, as they lie in the lake */
  failingRows?: FailingRow[];
  /** the live table of the Web UI */
  details?: string;
  drift?: Awaited<ReturnType<typeof driftOf>>;
  /** a person said since that the interval is done */
  mark?: ShownMark;
  ledger?: Record<string, Row[]>;
  /** what it comes after and what used it */
  neighbours?: Neighbours;
  /** what people said about it and about other executions under its name */
  notes?: Note[];
  /** the workers have another definition of the pipeline than this project */
  definition?: string;
  link?: string;
}

/** what Temporal and the ledger know of it; undefined when neither does */
export async function shownRun(context: Context, run: string, asked?: string): Promise<Shown | undefined> {
  const temporal = await context.temporal();
  const { client, namespace } = temporal;
  const handle = client.workflow.getHandle(run, asked);
  const seen = await handle.describe().catch((error: unknown) => {
    // 3: a run id that is none
    if (error instanceof WorkflowNotFoundError || (error as { code?: unknown }).code === 3) return undefined;
    throw error;
  });
  if (!seen) return fromLedger(context, run, asked);
  const { runId } = seen;
  const own = client.workflow.getHandle(run, seen.runId, { followRuns: false });
  const isRunning = seen.status.name === 'RUNNING';
  const isRun = seen.type === 'pipelineRun';
  const pipeline = seen.typedSearchAttributes.get(attributes.Pipeline) ?? null;
  const [input, live, details, end, ledger, drift, notes, mark, definition] = await Promise.all([
    isRun ? startedWith<RunInput>(temporal, run, seen.runId).catch(() => undefined) : undefined,
    isRun ? stepsOf(temporal, own) : undefined,
    currentDetails(client, own),
    isRunning ? undefined : ending(own),
    isRun ? ledgerOf(context, runId) : undefined,
    isRun ? driftOf(context, run, runId) : undefined,
    isRun ? notesOf(context, run) : [],
    isRun && !isRunning ? markOf(context, run) : undefined,
    isRun && pipeline ? otherDefinition(context, pipeline) : undefined,
  ]);
  const rows = end?.error ? await failingRows(context, end.error) : [];
  const closed = ledger?.['run_executions']?.[0];
  const steps = live ?? parsed<StepOutcome[]>(closed?.['steps']);
  const known = seen.typedSearchAttributes;
  const step = known.get(attributes.Step) ?? null;
  const named = parseRunName(run);
  const link = workflowLink(context.settings(), namespace, run, seen.runId);
  const interval = input?.interval ?? (input && named ? intervalEnding(input.grid, Date.parse(named.end)) : null);
  const neighbours = input && interval ? await neighboursOf(context, input.pipeline, interval) : {};
  return {
    run,
    runId,
    type: seen.type,
    status: statusWord(seen.status.name, step),
    pipeline,
    interval,
    trigger: known.get(attributes.Trigger) ?? null,
    step,
    late: known.get(attributes.Late) ?? false,
    params: parsed<Params>(closed?.['params']) ?? input?.params ?? null,
    startedAt: isoSeconds(seen.startTime),
    finishedAt: isoSeconds(seen.closeTime),
    durationMs: (seen.closeTime ?? new Date()).getTime() - seen.startTime.getTime(),
    ...(steps && { steps }),
    ...end,
    ...(rows.length > 0 && { failingRows: rows }),
    ...(details && { details }),
    ...(drift && { drift }),
    ...(mark && { mark }),
    ...(ledger && { ledger }),
    ...(Object.keys(neighbours).length > 0 && { neighbours }),
    ...(notes.length > 0 && { notes }),
    ...(definition && { definition }),
    ...(link && { link }),
  };
}

/** a run that Temporal has forgotten */
async function fromLedger(context: Context, run: string, runId: string | undefined): Promise<Shown | undefined> {
  const warehouse = await context.warehouse();
  const [row] = await ledgerRuns(warehouse, { run, runId, limit: 1 });
  if (!row) return undefined;
  const [ledger, notes, mark] = await Promise.all([
    rowsOfRun(warehouse, row.runId),
    notesOf(context, run),
    markOf(context, run),
  ]);
  const [closed] = ledger['run_executions'] ?? [];
  const end = parseRunName(run)?.end;
  return {
    ...row,
    type: 'pipelineRun',
    interval: row.interval && end ? { start: row.interval, end } : null,
    startedAt: isoSeconds(new Date(row.startedAt)),
    finishedAt: row.finishedAt && isoSeconds(new Date(row.finishedAt)),
    durationMs: Date.parse(row.finishedAt ?? row.startedAt) - Date.parse(row.startedAt),
    ...(mark && { mark }),
    ...(closed && { ledger }),
    ...(notes.length > 0 && { notes }),
  };
}

function parsed<T>(text: unknown): T | undefined {
  return typeof text === 'string' ? (JSON.parse(text) as T) : undefined;
}

/** silent when no worker is there to tell it */
async function currentDetails(client: Client, handle: WorkflowHandle): Promise<string | undefined> {
  try {
    const told = await client.withDeadline(Date.now() + 5000, () =>
      handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata'),
    );
    return told.currentDetails || undefined;
  } catch {
    return undefined;
  }
}

async function ending(handle: WorkflowHandle): Promise<{ result?: unknown; error?: string }> {
  try {
    return { result: await handle.result() };
  } catch (error) {
    return { error: rootMessage(error) };
  }
}

/** Temporal's part is worth showing when the warehouse is away */
async function ledgerOf(context: Context, runId: string): Promise<Record<string, Row[]> | undefined> {
  try {
    return await rowsOfRun(await context.warehouse(), runId);
  } catch (error) {
    context.terminal.say(`without the ledger: ${rootMessage(error)}`);
    return undefined;
  }
}
