import pg from 'pg';
import type { CommandContext } from './command-context.js';
import { runCommand } from './commands.js';
import { columnMetadata, type Column, type Origin } from './records.js';
import { resultPages } from './result-pages.js';
import { askRethrown, forgetRethrown, rethrown } from './rethrown.js';
import type { Planned } from './sql/plan-statement.js';

export interface Done {
  rows: number;
  size: number;
  columns?: Column[];
  /** of the result, in the format asked for */
  pages: string[];
}

const rawText = { getTypeParser: () => (value: string) => value } as unknown as pg.CustomTypesConfig;

/** one statement inside the open transaction */
export async function runStatement(plan: Planned, context: CommandContext): Promise<Done> {
  const { client, check } = context;
  check();
  if (plan.command) return { rows: await runCommand(plan.command, context), size: 0, pages: [] };
  if (['lock', 'maintenance', 'control', 'setting'].includes(plan.kind)) {
    await client.query(plan.sql);
    await runAll(client, plan.after);
    return { rows: 0, size: 0, pages: [] };
  }
  await runAll(client, plan.before);
  const done = await runQuery(plan, context);
  if (plan.rule === 'call') await throwAgain(context);
  await runAll(client, plan.after);
  return done;
}

/** what goes with a statement, in one message */
async function runAll(client: pg.Client, texts: string[] = []): Promise<void> {
  if (texts.length > 0) await client.query(texts.join('\n;\n'));
}

/** of a procedure whose handler has caught it: what the handler did is committed */
async function throwAgain({ client }: CommandContext): Promise<void> {
  const { rows } = await client.query<{ found: string | null }>(`${askRethrown} as found`);
  const error = rethrown(rows[0]?.found);
  if (!error) return;
  await client.query(forgetRethrown);
  if (client.getTransactionStatus() === 'T') await client.query('commit');
  throw error;
}

async function runQuery(plan: Planned, { client, format }: CommandContext): Promise<Done> {
  const results = resultPages(format);
  const result = await new Promise<pg.QueryArrayResult<string[]>>((resolve, reject) => {
    // extended protocol: one statement, values apart from text; a row listener keeps rows out of the result
    const query = new pg.Query({
      text: plan.sql,
      values: plan.values,
      rowMode: 'array',
      types: rawText,
      queryMode: 'extended',
    } as unknown as pg.QueryConfig);
    query.on('row', (row: unknown, partial: unknown) =>
      results.add(row as (string | null)[], (partial as pg.QueryArrayResult).fields),
    );
    query.on('end', (ended: unknown) => resolve(ended as pg.QueryArrayResult<string[]>));
    query.on('error', reject);
    client.query(query);
  });
  if (plan.kind !== 'query') return { rows: result.rowCount ?? 0, size: 0, pages: [] };
  const { pages, size } = results.done(result.fields);
  const origins = await originsOf(client, result.fields);
  const columns = result.fields.map((field) =>
    columnMetadata(field, origins.get(`${field.tableID}.${field.columnID}`)),
  );
  return { rows: result.rowCount ?? 0, size, columns, pages };
}

async function originsOf(client: pg.Client, fields: pg.FieldDef[]): Promise<Map<string, Origin>> {
  const tables = [...new Set(fields.map(({ tableID }) => tableID))].filter((id) => id > 0);
  if (tables.length === 0) return new Map();
  const { rows } = await client.query<{ key: string } & Origin>(
    `select a.attrelid || '.' || a.attnum as key, n.nspname as schema, c.relname as table, a.attnotnull as "notNull"
     from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace where a.attrelid = any($1::oid[]) and a.attnum > 0`,
    [tables],
  );
  return new Map(rows.map((row) => [row.key, row]));
}
