import type { Client, WorkflowExecutionDescription, WorkflowHandle } from '@temporalio/client';
import { attributes } from '../../model/attributes.js';
import type { Row } from '../../warehouse/data-api.js';
import type { Context } from '../context.js';
import { driftOf, driftRows } from '../drift.js';
import { rootMessage } from '../explain.js';
import { exitCodes, refuse } from '../failure.js';
import { toJson } from '../json.js';
import { runRows } from '../ledger.js';
import { workflowLink } from '../../model/link.js';
import type { CommandDefinition } from '../command-definition.js';
import { elapsed, table, type Cell } from '../table.js';
import { isoSeconds, statusWord } from './runs.js';

export const showCommand: CommandDefinition<[string], object> = {
  examples: [
    'waterclock show earthquakes-2018-01-31T02:00:00Z',
    'waterclock show backfill-earthquakes-2018-01-31T01:00:00Z-2018-02-07T02:00:00Z --json',
  ],
  async run(context, { json }, run) {
    const { terminal } = context;
    const { client, namespace } = await context.temporal();
    const handle = client.workflow.getHandle(run);
    const seen = await described(handle, run);
    const runId = seen.raw.workflowExecutionInfo?.firstRunId || seen.runId;
    const isRunning = seen.status.name === 'RUNNING';
    const isRun = seen.type === 'pipelineRun';
    const [details, end, ledger, drift] = await Promise.all([
      currentDetails(client, handle),
      isRunning ? undefined : ending(handle),
      isRun ? ledgerOf(context, runId) : undefined,
      isRun ? driftOf(context, run, runId) : undefined,
    ]);
    const known = seen.typedSearchAttributes;
    const link = workflowLink(context.settings(), namespace, run, seen.runId);
    const shown = {
      run,
      runId,
      type: seen.type,
      status: statusWord(seen.status.name),
      trigger: known.get(attributes.Trigger) ?? null,
      step: known.get(attributes.Step) ?? null,
      late: known.get(attributes.Late) ?? false,
      startedAt: isoSeconds(seen.startTime),
      finishedAt: isoSeconds(seen.closeTime),
      durationMs: (seen.closeTime ?? new Date()).getTime() - seen.startTime.getTime(),
      ...end,
      ...(details && { details }),
      ...(drift && { drift }),
      ...(ledger && { ledger }),
      ...(link && { link }),
    };
    if (json) {
      terminal.print(toJson(shown));
      return exitCodes.done;
    }
    const mark = { failed: 'red', completed: 'green' } as const;
    const colour = mark[shown.status as keyof typeof mark] ?? 'yellow';
    const took = `${isRunning ? 'for' : 'in'} ${elapsed(shown.durationMs)}`;
    terminal.print(`${terminal.paint('bold', run)}  ${terminal.paint(colour, shown.status)} ${took}`);
    const facts = [
      shown.trigger && `trigger ${shown.trigger}`,
      shown.step && `step ${shown.step}`,
      shown.late && 'late',
    ];
    terminal.print([`run id ${runId}`, `started ${shown.startedAt}`, ...facts].filter(Boolean).join('  '));
    if (end?.error) terminal.print(`${terminal.paint('red', 'error')}: ${end.error}`);
    if (details) terminal.print(`\n${plain(details, terminal.width())}`);
    if (drift) {
      terminal.print(`\nfields that differ from the schema\n${table(driftRows(drift), { width: terminal.width() })}`);
    }
    for (const [name, rows] of Object.entries(ledger ?? {})) {
      if (rows.length > 0) terminal.print(`\n${name}\n${table(rows.map(factsOf), { width: terminal.width() })}`);
    }
    if (link) terminal.print(`\n${link}`);
    return exitCodes.done;
  },
};

async function described(handle: WorkflowHandle, run: string): Promise<WorkflowExecutionDescription> {
  const { WorkflowNotFoundError } = await import('@temporalio/client');
  try {
    return await handle.describe();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) refuse(`no run is named '${run}': see \`waterclock runs\``);
    throw error;
  }
}

/** the run's own live table; silent when no worker is there to tell it */
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
    return await runRows(await context.warehouse(), runId);
  } catch (error) {
    context.terminal.say(`without the ledger: ${rootMessage(error)}`);
    return undefined;
  }
}

/** what is the same for every row is told above the table */
function factsOf(row: Row): Record<string, Cell> {
  const known = new Set(['workflow_id', 'run_id', 'pipeline', 'interval_start', 'interval_end', 'trigger', 'due_at']);
  return Object.fromEntries(Object.entries(row).filter(([name]) => !known.has(name)));
}

/** the live table of the Web UI is markdown; other details are text already */
export function plain(markdown: string, width?: number): string {
  const text = markdown.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1');
  const lines = text.split('\n').filter((line) => line.startsWith('|'));
  const [header = [], , ...rows] = lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  if (lines.length < 3) return text;
  const named = rows.map((row) => Object.fromEntries(header.map((name, at) => [name, row[at]])));
  return table(named, { columns: header, width });
}
