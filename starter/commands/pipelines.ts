import type { Problem } from '../check-pipelines.js';
import type { Context } from '../context.js';
import { rootMessage } from '../explain.js';
import { exitCodes, type ExitCode } from '../failure.js';
import { toJson } from '../json.js';
import { labelledWith, labelOptions, type Labels } from '../labels.js';
import type { CommandDefinition } from '../command-definition.js';
import { every, gridText, table } from '../table.js';

interface Options extends Labels {
  check?: true;
}

export const pipelinesCommand: CommandDefinition<[], Options> = {
  options: (command) => labelOptions(command.option('--check', 'check every definition and the names among them')),
  examples: [
    'waterclock pipelines',
    'waterclock pipelines --owner data-platform --tag finance',
    'waterclock pipelines --check',
    'waterclock pipelines --json',
  ],
  async run(context, { check, json, ...labels }) {
    const { terminal } = context;
    if (check) return checkAll(context, json);
    const pipelines = labelledWith(await context.pipelines(), labels);
    const listed = pipelines.map(({ name, grid, source, entities, params, policy, pool, description }) => ({
      name,
      schedule: `${gridText(grid)}${grid.offset ? `, ${every(grid.offset)} after` : ''}`,
      entities: entities.map((entity) => entity.plan.name),
      params: params.listed,
      owner: policy.owner ?? null,
      tags: policy.tags ?? [],
      pool: pool ?? null,
      description,
      snapshot: source.snapshot,
      grid,
    }));
    if (json) terminal.print(toJson(listed));
    else {
      const rows = listed.map((row) => ({
        ...row,
        entities: row.entities.join(', '),
        params: row.params.map(({ name }) => name).join(', ') || null,
        tags: row.tags.join(', ') || null,
        snapshot: undefined,
        grid: undefined,
      }));
      const labelled = (['owner', 'tags', 'pool'] as const).filter((column) =>
        rows.some((row) => row[column] !== null),
      );
      const columns = ['name', 'schedule', 'entities', 'params', ...labelled, 'description'];
      terminal.print(table(rows, { columns, width: terminal.width() }));
    }
    return exitCodes.done;
  },
};

async function checkAll(context: Context, json: true | undefined): Promise<ExitCode> {
  const { terminal } = context;
  const { checkPipelines } = await import('../check-pipelines.js');
  const { pipelines, problems } = await checkPipelines(new URL('../../pipelines/', import.meta.url));
  // what the project says of them is worth asking only once each of them is right by itself
  if (problems.length === 0) problems.push(...(await projectProblems(context)));
  const names = pipelines.map(({ name }) => name);
  const isWell = problems.length === 0;
  if (json) terminal.print(toJson({ ok: isWell, pipelines: names, problems }));
  else if (isWell) terminal.print(`${names.length} definitions are right: ${names.join(', ')}`);
  else {
    for (const { definition, problem } of problems) {
      terminal.print(
        `${terminal.paint('red', 'wrong')}  ${definition === projectFile ? '' : 'pipelines/'}${definition}  ${problem}`,
      );
    }
  }
  return isWell ? exitCodes.done : exitCodes.failed;
}

const projectFile = 'waterclock.config.ts';

async function projectProblems(context: Context): Promise<Problem[]> {
  try {
    await context.project();
    return [];
  } catch (error) {
    return [{ definition: projectFile, problem: rootMessage(error) }];
  }
}
