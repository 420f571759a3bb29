import type { WorkflowHandle } from '@temporalio/client';
import { Option } from 'commander';
import { workflowLink } from '../../model/link.js';
import { rebuildId, type RebuildInput, type RebuildResult } from '../../model/rebuild.js';
import type { CommandDefinition } from '../command-definition.js';
import type { Context } from '../../control/context.js';
import { exitCodes, refuse, type ExitCode } from '../../control/failure.js';
import { closest, findPipeline } from '../../control/find-pipeline.js';
import { toJson } from '../../control/json.js';
import { progressBar } from '../progress-bar.js';

interface Options {
  dbt: RebuildInput['dbt'];
  wait?: true;
  dryRun?: true;
}

export const rebuildCommand: CommandDefinition<[string], Options> = {
  options: (command) =>
    command
      .addOption(
        new Option('--dbt <when>', 'build the models from the new table, or skip it')
          .choices(['build', 'skip'])
          .default('build'),
      )
      .option('--wait', 'wait for the end and show the result')
      .option('--dry-run', 'show what would be started'),
  examples: ['waterclock rebuild orders.orders --wait', 'waterclock rebuild parcels.scans --dry-run'],
  async run(context, { dbt, wait, dryRun, json }, name) {
    const { terminal } = context;
    const [pipelineName = '', entity] = name.split('.', 2);
    const pipeline = findPipeline(await context.pipelines(), pipelineName);
    const known = pipeline.entities.map(({ plan }) => plan.name);
    if (!entity)
      refuse(`name one table of ${pipelineName}: ${known.map((one) => `${pipelineName}.${one}`).join(', ')}`);
    if (!known.includes(entity)) {
      const near = closest(entity, known);
      refuse(
        `${pipelineName} has no entity '${entity}'${near ? `, did you mean ${near}?` : ''} (known: ${known.join(', ')})`,
      );
    }
    const settings = context.settings();
    const rebuild = rebuildId(pipelineName, entity);
    const input: RebuildInput = {
      pipeline: pipelineName,
      entity,
      grid: pipeline.grid,
      dbt,
      ...(pipeline.dbtSelect && { dbtSelect: pipeline.dbtSelect }),
      dbtTarget: settings.dbt.target,
      heartbeatTimeout: settings.heartbeatTimeout,
    };
    if (dryRun) {
      const text = `would start ${rebuild}: ${name} anew from the files of each interval's newest loaded run; readers see the old table until then`;
      terminal.print(json ? toJson({ table: name, rebuild, status: 'dry run', input }) : text);
      return exitCodes.done;
    }
    const { client, namespace } = await context.temporal();
    await (await import('../../control/need-worker.js')).needWorker(context, rebuild, wait === true);
    const handle = await client.workflow.start('rebuild', {
      workflowId: rebuild,
      taskQueue: settings.taskQueue,
      args: [input],
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      workflowIdConflictPolicy: 'USE_EXISTING',
      staticSummary: `${name} anew from the lake`,
    });
    const link = workflowLink(settings, namespace, rebuild, handle.firstExecutionRunId);
    const words = [`started ${rebuild}`, link].filter(Boolean);
    if (!wait) {
      const started = { table: name, rebuild, runId: handle.firstExecutionRunId, status: 'started' };
      terminal.print(json ? toJson({ ...started, ...(link && { link }) }) : words.join('\n'));
      return exitCodes.done;
    }
    terminal.say(words.join('  '));
    return followRebuild(context, handle, name, json);
  },
};

async function followRebuild(context: Context, handle: WorkflowHandle, name: string, json?: true): Promise<ExitCode> {
  const { terminal } = context;
  const { client } = await context.temporal();
  const { outcomeOf } = await import('../../control/wait.js');
  const rebuild = handle.workflowId;
  context.leaving(`${rebuild} goes on without this command; the same command attaches to it again`);
  const outcome = await outcomeOf<RebuildResult>(handle, async () => {
    const { copied, intervals, encoded } = await client.withDeadline(Date.now() + 5000, () =>
      handle.query<RebuildResult>('progress'),
    );
    const made = encoded > 0 ? ` (${encoded} made from the raw)` : '';
    const bar = terminal.isInteractive() ? `${progressBar(copied, intervals)} ` : '';
    terminal.progress(`${bar}${name} ${copied}/${intervals} intervals${made}`);
  });
  if (outcome.status === 'failed') {
    const failed = `${terminal.paint('red', 'failed')} ${rebuild}: ${outcome.error}`;
    terminal.print(json ? toJson({ table: name, rebuild, ...outcome }) : failed);
    return exitCodes.failed;
  }
  const { intervals, rows = 0, encoded, dbt: built } = outcome.result;
  const told = `${terminal.paint('green', 'completed')} ${name}: ${rows} rows of ${intervals} intervals, ${encoded} of them made from the raw`;
  terminal.print(json ? toJson({ rebuild, ...outcome.result }) : told);
  for (const { name, message } of built?.failures ?? []) terminal.say(`  ${name}: ${message}`);
  return built?.status === 'failed' ? exitCodes.failed : exitCodes.done;
}
