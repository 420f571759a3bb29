import type { Migration } from '../../warehouse/migration.js';
import { bootstrapWarehouse } from '../../control/bootstrap-warehouse.js';
import type { CommandDefinition } from '../command-definition.js';
import type { Context } from '../../control/context.js';
import { exitCodes, refuse, type ExitCode } from '../../control/failure.js';
import { findPipeline } from '../../control/find-pipeline.js';
import { toJson } from '../../control/json.js';

interface Options {
  apply?: true;
  bootstrap?: true;
  dryRun?: true;
  json?: true;
}

export const migrateCommand: CommandDefinition<[string | undefined], Options> = {
  options: (command) =>
    command
      .option('--apply', 'send the statements (default: show them)')
      .option('--bootstrap', "the warehouse's schemas, ledger, lock tables, roles and their rights, of every pipeline")
      .option('--dry-run', 'show what would be sent'),
  examples: [
    'waterclock migrate orders                # what its tables lack',
    'waterclock migrate orders --apply',
    'waterclock migrate --bootstrap --dry-run      # as an administrator of the warehouse, safe to repeat',
  ],
  async run(context, options, name) {
    if (options.apply && options.dryRun) refuse('--apply sends the statements, --dry-run shows them: choose one');
    if (options.bootstrap) {
      if (name) refuse(`--bootstrap is for every pipeline: leave ${name} out`);
      return bootstrapped(context, options);
    }
    if (!name) refuse('name a pipeline, or --bootstrap');
    return migrated(context, options, name);
  },
};

async function bootstrapped(context: Context, { dryRun, json }: Options): Promise<ExitCode> {
  const { terminal } = context;
  const statements = await bootstrapWarehouse(context, dryRun ?? false);
  if (json) terminal.print(toJson({ status: dryRun ? 'dry run' : 'applied', statements }));
  else terminal.print(dryRun ? asSql(statements) : `${statements.length} statements applied, each safe to repeat`);
  return exitCodes.done;
}

async function migrated(context: Context, { apply, json }: Options, name: string): Promise<ExitCode> {
  const { terminal } = context;
  const pipeline = findPipeline(await context.pipelines(), name);
  const { migrationOf } = await import('../../warehouse/migration.js');
  const warehouse = await context.warehouse();
  const migrations: Migration[] = [];
  for (const { plan } of pipeline.entities) migrations.push(await migrationOf(warehouse, name, plan));
  const statements = migrations.flatMap((migration) => migration.statements);
  if (apply) {
    for (const statement of statements) {
      terminal.say(oneLine(statement));
      await warehouse.execute([statement]);
    }
  }
  const problems = migrations.flatMap((migration) => migration.problems);
  const done = statements.length === 0 ? 'up to date' : apply ? 'applied' : 'dry run';
  const status = problems.length > 0 ? 'schema mismatch' : done;
  if (json) terminal.print(toJson({ pipeline: name, status, tables: migrations }));
  else tell(context, name, migrations, done);
  return problems.length > 0 ? exitCodes.failed : exitCodes.done;
}

function tell({ terminal }: Context, pipeline: string, migrations: Migration[], done: string): void {
  for (const { table, statements, problems } of migrations) {
    if (done === 'dry run' && statements.length > 0) terminal.print(`-- ${table}\n${asSql(statements)}`);
    for (const problem of problems) terminal.print(`${terminal.paint('red', table)} ${problem}`);
    if (problems.length > 0) {
      terminal.print(`no statement mends it: change the schema back, or \`waterclock rebuild ${table}\``);
    }
  }
  const isMismatch = migrations.some(({ problems }) => problems.length > 0);
  if (done === 'dry run') terminal.say(`to send this: waterclock migrate ${pipeline} --apply`);
  else if (done === 'applied') terminal.print(`${pipeline}: applied`);
  else if (!isMismatch) terminal.print(`${pipeline}: its tables are as its schema has them`);
}

const asSql = (statements: string[]) => statements.map((statement) => `${statement};`).join('\n');

const oneLine = (statement: string) => statement.replace(/\s+/g, ' ');
