import { join } from 'node:path';
import type { Pipeline } from '../../define/pipeline.js';
import type { Entity } from '../../validate/entity.js';
import type { Context } from '../../control/context.js';
import { CommandFailure, exitCodes, refuse, type ExitCode } from '../../control/failure.js';
import { closest, findPipeline } from '../../control/find-pipeline.js';
import { toJson } from '../../control/json.js';
import type { CommandDefinition } from '../command-definition.js';
import { table } from '../table.js';
import type { Terminal } from '../../control/terminal.js';

const formats = ['columns', 'ddl', 'dbt', 'external'] as const;
type Format = (typeof formats)[number];

interface Options {
  format?: Format;
  writeDbtSources?: true;
  diff?: true;
  runs?: number;
}

export const schemaCommand: CommandDefinition<[string | undefined], Options> = {
  options: (command) =>
    command
      .addOption(command.createOption('--format <format>', 'only this of what is shown').choices(formats))
      .option(
        '--write-dbt-sources',
        'write models/staging/<pipeline>/sources.yml of the dbt project, of every pipeline when none is named',
      )
      .option(
        '--diff',
        'what the raw records of the last runs have and the schema does not take, with the lines to write',
      )
      .option('--runs <count>', 'with --diff: so many intervals that ended last', wholeNumber, defaultRuns),
  examples: [
    'waterclock schema parcels',
    'waterclock schema parcels.scans --format ddl',
    'waterclock schema products --json',
    'waterclock schema --write-dbt-sources',
    'waterclock schema orders --diff --runs 24',
  ],
  async run(context, { format, writeDbtSources, diff, runs = defaultRuns, json }, name) {
    const known = await context.pipelines();
    if (writeDbtSources) return writeSources(context, name ? [findPipeline(known, name)] : known, json);
    if (!name) refuse(`name a pipeline, or one of its entities: ${known.map((pipeline) => pipeline.name).join(', ')}`);
    const { pipeline, entities } = find(known, name);
    if (diff) return showChanges(context, { ...pipeline, entities }, runs, json);
    const shown = await Promise.all(entities.map((entity) => describe(pipeline, entity, lakeBucket(context))));
    const { dbtSource } = await import('../../dbt/dbt-source.js');
    const dbt = dbtSource({ ...pipeline, entities });
    if (json) {
      const result = { pipeline: pipeline.name, entities: shown, dbt };
      context.terminal.print(toJson(format ? only(result, format) : result));
      return exitCodes.done;
    }
    const { terminal } = context;
    const parts = shown.flatMap((entity) => partsOf(entity, format, terminal));
    if (wants('dbt', format)) parts.push(dbt.trimEnd());
    terminal.print(parts.join('\n\n'));
    return exitCodes.done;
  },
};

/** looked at without `--runs` */
const defaultRuns = 5;

function wholeNumber(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) refuse(`--runs must be a whole number from 1, got '${text}'`);
  return count;
}

async function showChanges(context: Context, pipeline: Pipeline, most: number, json?: true): Promise<ExitCode> {
  const { recentChanges } = await import('../../infer/recent-rows.js');
  const { changesText } = await import('../changes-text.js');
  const found = await recentChanges(await context.store(), context.settings().lakeBucket, pipeline, most);
  if (found.runs.length === 0) refuse(`no run of ${pipeline.name} has ended: there is no raw to compare with`);
  context.terminal.print(json ? toJson({ pipeline: pipeline.name, ...found }) : changesText(pipeline.name, found));
  return exitCodes.done;
}

function partsOf(
  { entity, mode, key, columns, ddl, external }: Described,
  format: Format | undefined,
  terminal: Terminal,
) {
  const identity = key.length > 0 ? `${mode} by ${key.join(', ')}` : mode;
  const rows = columns.map(({ name, type, nullable, description }) => ({
    column: name,
    type,
    null: nullable ? 'yes' : 'no',
    description,
  }));
  const texts: [Format, string][] = [
    ['columns', `${terminal.paint('bold', entity)}  ${identity}\n${table(rows, { width: terminal.width() })}`],
    ['ddl', `-- the table, as its first load makes it\n${ddl}`],
    ['external', `-- the files, as Spectrum reads them\n${external}`],
  ];
  return texts.filter(([part]) => wants(part, format)).map(([, text]) => text);
}

const wants = (part: Format, format: Format | undefined) => format === undefined || format === part;

interface Described {
  entity: string;
  mode: string;
  key: string[];
  columns: { name: string; type: string; nullable: boolean; description: string }[];
  ddl: string;
  external: string;
}

function only({ entities, dbt }: { entities: Described[]; dbt: string }, format: Format): unknown {
  if (format === 'dbt') return { dbt };
  return entities.map((entity) => ({ entity: entity.entity, [format]: entity[format] }));
}

async function describe(pipeline: Pipeline, { plan }: Entity, bucket: string): Promise<Described> {
  const { addExternal, createExternal, createTarget, sqlType } = await import('../../warehouse/ddl.js');
  const { fileColumns, targetColumns } = await import('../../columns/table-columns.js');
  const { createByInterval } = await import('../../warehouse/by-interval.js');
  const { gridPartitions } = await import('../../model/keys.js');
  const partitions = gridPartitions(pipeline.grid);
  const sql = (statements: string[]) => statements.map((statement) => `${statement};`).join('\n');
  return {
    entity: `${pipeline.name}.${plan.name}`,
    mode: plan.mode,
    key: plan.key,
    columns: targetColumns(plan).map(({ name, type, nullable, description = '' }) => ({
      name,
      type: sqlType(type),
      nullable,
      description,
    })),
    ddl: sql(createTarget(pipeline.name, plan)),
    external: sql([
      createExternal(pipeline.name, plan, partitions, bucket),
      ...fileColumns(plan)
        .filter(({ type }) => type.kind === 'super')
        .map((column) => addExternal(pipeline.name, plan.name, column)),
      createByInterval(pipeline.name, plan, partitions),
    ]),
  };
}

/** a schema is worth showing where no deployment is named */
function lakeBucket(context: Context): string {
  try {
    return context.settings().lakeBucket;
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    return '<lake bucket>';
  }
}

function find(known: Pipeline[], name: string): { pipeline: Pipeline; entities: Entity[] } {
  const [pipelineName = '', entityName] = name.split('.', 2);
  const pipeline = findPipeline(known, pipelineName);
  if (entityName === undefined) return { pipeline, entities: pipeline.entities };
  const names = pipeline.entities.map(({ plan }) => plan.name);
  const entity = pipeline.entities.find(({ plan }) => plan.name === entityName);
  if (entity) return { pipeline, entities: [entity] };
  const near = closest(entityName, names);
  refuse(
    `${pipeline.name} has no entity '${entityName}'${near ? `, did you mean ${near}?` : ''} (known: ${names.join(', ')})`,
  );
}

async function writeSources({ terminal, ...context }: Context, pipelines: Pipeline[], json?: true): Promise<ExitCode> {
  const { dbtSource } = await import('../../dbt/dbt-source.js');
  const { writeIfChanged } = await import('../write-if-changed.js');
  const { folder } = context.projectPlace();
  const { dbt } = await context.project();
  const files = pipelines.map((pipeline) => {
    const file = join(dbt, 'models/staging', pipeline.name, 'sources.yml');
    return { file, isWritten: writeIfChanged(join(folder, file), dbtSource(pipeline)) };
  });
  if (json) terminal.print(toJson(files));
  else for (const { file, isWritten } of files) terminal.print(`${isWritten ? 'written ' : 'as it was'} ${file}`);
  return exitCodes.done;
}
