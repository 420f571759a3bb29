import { buildRows } from '../build-rows.js';
import { containersOf } from '../../control/containers.js';
import type { Context } from '../../control/context.js';
import { exitCodes, type ExitCode } from '../../control/failure.js';
import { toJson } from '../../control/json.js';
import { labelledWith, labelOptions, type Labels } from '../../control/labels.js';
import type { CommandDefinition } from '../command-definition.js';
import { every, gridText } from '../../control/lengths.js';
import { table } from '../table.js';

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
    const project = await context.project();
    const builds = project.builds.map((build) => ({ ...build, policy: build.audience }));
    const named = new Set(labelledWith([...project.pipelines, ...builds], labels).map(({ name }) => name));
    const pipelines = project.pipelines.filter(({ name }) => named.has(name));
    const scheduled = buildRows(
      builds.filter(({ name }) => named.has(name)),
      Date.now(),
    );
    const listed = pipelines.map(
      ({ name, grid, source, tasks, entities, params, policy, pool, description, dbtSelect }) => ({
        name,
        schedule: `${gridText(grid)}${grid.offset ? `, ${every(grid.offset)} after` : ''}`,
        entities: entities.map((entity) => entity.plan.name),
        params: params.listed,
        owner: policy.owner ?? null,
        tags: policy.tags ?? [],
        pool: pool ?? null,
        description,
        snapshot: source.snapshot,
        dbt: dbtSelect !== undefined,
        grid,
        containers: containersOf({ name, source, ...(tasks && { tasks }) }),
      }),
    );
    if (json) terminal.print(toJson(listed));
    else {
      const rows = listed.map((row) => ({
        ...row,
        entities: row.entities.join(', '),
        params: row.params.map(({ name }) => name).join(', ') || null,
        tags: row.tags.join(', ') || null,
        snapshot: undefined,
        dbt: undefined,
        grid: undefined,
        containers: undefined,
      }));
      const labelled = (['owner', 'tags', 'pool'] as const).filter((column) =>
        rows.some((row) => row[column] !== null),
      );
      const columns = ['name', 'schedule', 'entities', 'params', ...labelled, 'description'];
      terminal.print(table(rows, { columns, width: terminal.width() }));
      if (scheduled.length > 0) terminal.print(`\n${buildTable(scheduled, terminal.width())}`);
    }
    return exitCodes.done;
  },
};

function buildTable(rows: ReturnType<typeof buildRows>, width: number | undefined): string {
  const shown = rows.map(({ grid: _grid, fullRefresh, select, owner, ...row }) => ({
    ...row,
    select: fullRefresh ? `${select}, in full` : select,
    ...(rows.some((one) => one.owner !== null) && { owner }),
  }));
  return table(shown, { width });
}

async function checkAll({ terminal, projectPlace }: Context, json: true | undefined): Promise<ExitCode> {
  const { checkPipelines, projectFile } = await import('../../control/check-pipelines.js');
  const { pipelines, problems } = await checkPipelines(projectPlace());
  const names = pipelines.map(({ name }) => name);
  const isWell = problems.length === 0;
  if (json) terminal.print(toJson({ ok: isWell, pipelines: names, problems }));
  else if (isWell)
    terminal.print(
      `${names.length === 1 ? '1 definition is' : `${names.length} definitions are`} right: ${names.join(', ')}`,
    );
  else {
    for (const { definition, problem } of problems) {
      terminal.print(
        `${terminal.paint('red', 'wrong')}  ${definition === projectFile ? '' : 'pipelines/'}${definition}  ${problem}`,
      );
    }
  }
  return isWell ? exitCodes.done : exitCodes.failed;
}
