import { Option } from 'commander';
import { iso } from '../../model/interval.js';
import { paramsText } from '../../model/params.js';
import { resolvedText } from '../../model/resolution.js';
import { atLeastOne } from '../choices.js';
import type { CommandDefinition } from '../command-definition.js';
import { exitCodes } from '../../control/failure.js';
import { findScheduled } from '../../control/find-scheduled.js';
import { timeOf } from '../../control/intervals.js';
import { toJson } from '../../control/json.js';
import { labelledWith, labelOptions, type Labels } from '../../control/labels.js';
import { runStatuses, type RunWord } from '../../model/run-statuses.js';
import { statusColour } from '../status-colour.js';
import { elapsed } from '../../control/lengths.js';
import { table } from '../table.js';

interface Options extends Labels {
  pipeline?: string;
  status?: RunWord;
  interval?: string;
  limit: number;
}

export const runsCommand: CommandDefinition<[], Options> = {
  options: (command) =>
    labelOptions(command)
      .option('--pipeline <name>', 'only its runs; build:<name> for those of a build on a schedule')
      .addOption(new Option('--status <status>', 'only those that are or ended so').choices(runStatuses))
      .option('--interval <start>', 'only runs of the interval that begins at this time')
      .option('--limit <n>', 'how many', atLeastOne, 20),
  examples: [
    'waterclock runs',
    'waterclock runs --pipeline orders --status failed',
    'waterclock runs --pipeline build:daily',
    'waterclock runs --pipeline parcels --interval 2026-11-24T10:00Z',
    'waterclock runs --owner data-platform --tag finance --status failed',
    'waterclock runs --limit 100 --json',
  ],
  async run(context, { pipeline, status, interval, limit, json, ...labels }) {
    const { terminal } = context;
    const project = await context.project();
    const known = project.pipelines;
    if (pipeline) findScheduled(project, pipeline);
    const policies = new Map(known.map(({ name, policy }) => [name, policy]));
    const isLabelled = labels.owner !== undefined || labels.tag !== undefined;
    const start = interval === undefined ? undefined : timeOf('--interval', interval);
    const { runRows } = await import('../../control/run-rows.js');
    const rows = await runRows(context, {
      pipeline,
      ...(isLabelled && { pipelines: labelledWith(known, labels).map(({ name }) => name) }),
      status,
      // a range, since the embedded stack's list never finds a time that equals
      ...(start !== undefined && { from: iso(start), to: iso(start + 1000) }),
      limit,
    });
    const { noteCounts } = await import('../../control/notes.js');
    const counts = await noteCounts(
      context,
      rows.flatMap((row) => row.pipeline ?? []),
    );
    const timed = rows.map(({ steps = [], ...row }) => ({
      ...row,
      resolved: steps.flatMap(({ resolved = [] }) => resolved),
      owner: policies.get(row.pipeline ?? '')?.owner ?? null,
      tags: policies.get(row.pipeline ?? '')?.tags ?? [],
      notes: counts.ofExecution.get(row.runId) ?? 0,
      durationMs: Date.parse(row.finishedAt ?? new Date().toISOString()) - Date.parse(row.startedAt),
    }));
    if (json) {
      terminal.print(toJson(timed));
      return exitCodes.done;
    }
    const hasParams = timed.some(({ params }) => params !== null);
    const hasNotes = timed.some(({ notes }) => notes > 0);
    const hasResolved = timed.some(({ resolved }) => resolved.length > 0);
    const hasOwner = timed.some(({ owner }) => owner !== null);
    const shown = timed.map(({ run, trigger, step, loaded, rejected, params, startedAt, durationMs, ...row }) => ({
      run,
      status: row.late ? `${row.status}, late` : row.status,
      step,
      loaded,
      rejected,
      duration: elapsed(durationMs),
      trigger,
      started: startedAt.slice(0, 19).replace('T', ' '),
      ...(hasNotes && { notes: row.notes || null }),
      ...(hasResolved && { resolved: row.resolved.map(resolvedText).join('; ') || null }),
      ...(hasOwner && { owner: row.owner }),
      ...(hasParams && { params: paramsText(params ?? {}) || null }),
    }));
    if (shown.length === 0) terminal.say('no such run');
    else {
      const paint = (column: string, text: string) =>
        column === 'status' ? terminal.paint(statusColour(text.split(',')[0] ?? ''), text) : text;
      terminal.print(table(shown, { width: terminal.width(), paint }));
    }
    return exitCodes.done;
  },
};
