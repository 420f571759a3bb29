import { randomUUID } from 'node:crypto';
import type { DbtRequestInput, DbtResult } from '../../model/dbt.js';
import { failingRowLines, failingRows, failuresText } from '../../control/failing-rows.js';
import { exitCodes, refuse } from '../../control/failure.js';
import { findPipeline } from '../../control/find-pipeline.js';
import { toJson } from '../../control/json.js';
import { workflowLink } from '../../model/link.js';
import type { CommandDefinition } from '../command-definition.js';

interface Options {
  wait?: true;
  dryRun?: true;
  fullRefresh?: true;
}

export const buildCommand: CommandDefinition<[string[]], Options> = {
  options: (command) =>
    command
      .option('--wait', 'wait for the end and show the result')
      .option('--full-refresh', 'build incremental models from nothing; other builds wait')
      .option('--dry-run', 'show which models would be built'),
  examples: [
    'waterclock build --wait',
    'waterclock build orders products --wait --json',
    'waterclock build parcels --full-refresh --wait',
  ],
  async run(context, { wait, dryRun, fullRefresh, json }, names) {
    const { terminal } = context;
    const known = await context.pipelines();
    const chosen = names.length > 0 ? names.map((name) => findPipeline(known, name)) : known;
    const select = [...new Set(chosen.flatMap(({ dbtSelect }) => dbtSelect ?? []))].join(' ');
    if (!select)
      refuse(`no models belong to ${chosen.map(({ name }) => name).join(', ')}: their definitions have no dbt`);
    const settings = context.settings();
    const input: DbtRequestInput = { select, dbtTarget: settings.dbt.target, ...(fullRefresh && { fullRefresh }) };
    const what = `${select} on ${input.dbtTarget}${fullRefresh ? ', in full' : ''}`;
    if (dryRun) {
      terminal.print(json ? toJson({ status: 'dry run', input }) : `would build ${what}`);
      return exitCodes.done;
    }
    const { client, namespace } = await context.temporal();
    const workflowId = `dbt-request-${randomUUID()}`;
    await (await import('../../control/need-worker.js')).needWorker(context, workflowId, wait === true);
    const handle = await client.workflow.start('dbtRequest', {
      workflowId,
      taskQueue: settings.taskQueue,
      args: [input],
      staticSummary: `dbt build of ${what}`,
    });
    const link = workflowLink(settings, namespace, workflowId, handle.firstExecutionRunId);
    const words = [`started ${workflowId} (${select})`, link].filter(Boolean);
    if (!wait) {
      const started = {
        build: workflowId,
        runId: handle.firstExecutionRunId,
        status: 'started',
        ...(link && { link }),
      };
      terminal.print(json ? toJson(started) : words.join('\n'));
      return exitCodes.done;
    }
    const { outcomeOf } = await import('../../control/wait.js');
    terminal.say(words.join('  '));
    context.leaving(`${workflowId} goes on without this command`);
    const outcome = await outcomeOf<DbtResult>(handle, async () => terminal.progress(`dbt build ${select}`));
    const result: DbtResult =
      outcome.status === 'completed'
        ? outcome.result
        : { status: 'failed', ok: 0, failed: 0, skipped: 0, failures: [{ name: 'dbt', message: outcome.error }] };
    const isDone = result.status === 'success';
    const rows = isDone ? [] : await failingRows(context, failuresText(result.failures));
    if (json) terminal.print(toJson({ ...result, ...(rows.length > 0 && { failingRows: rows }) }));
    else {
      const mark = isDone ? terminal.paint('green', 'completed') : terminal.paint('red', 'failed');
      terminal.print(`${mark} dbt ${result.ok} ok, ${result.failed} failed, ${result.skipped} skipped`);
      for (const { name, message } of result.failures) terminal.print(`  ${name}: ${message}`);
      for (const line of failingRowLines(rows)) terminal.print(line);
    }
    return isDone ? exitCodes.done : exitCodes.failed;
  },
};
