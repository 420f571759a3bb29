import type pg from 'pg';
import type { CommandContext, Outside } from '../command-context.js';
import { copyIn } from '../copy/copy-in.js';
import { copyHeader, copyTrailer } from '../copy/binary-rows.js';
import type { Found } from '../copy/objects.js';
import { parquetRows } from '../copy/parquet-rows.js';
import { spectrumFailure } from '../copy/load-errors.js';
import { fileColumns, quoted, typeName, type TargetColumn } from '../copy/target-columns.js';
import { Refusal } from '../sql/refusal.js';
import type { Planned } from '../sql/plan-statement.js';
import { forgetFiles } from './external-table.js';

interface Named {
  id: number;
  name: string;
  location: string;
  keys: string[];
  /** the statement says its name, and not that of a view over it */
  direct: boolean;
}

const noReading = new Set(['lock', 'control', 'setting', 'maintenance']);
/** DDL with a query that runs at once; that of a view does not */
const readingDdl = /^(create (local )?(temp |temporary )?table |create materialized view |refresh )/;

const isReading = ({ kind, outline }: Planned) => !noReading.has(kind) && (kind !== 'ddl' || readingDdl.test(outline));
const isChanging = ({ kind, outline }: Planned) => kind === 'ddl' && /^(drop|alter) table /.test(outline);

/** $1: the names of statements; $2: a name without a schema may be of any */
const externalTables = 'select redshift_catalog.rs_local_external_tables($1, $2)';
export const namesOf = (plans: Planned[]): string => JSON.stringify(plans.flatMap(({ names }) => names));

/**
 * whether it reads rows, or changes a table that may be external; what a CALL reads is known to its procedure alone, and a query before it in
 * the same exchange would begin a transaction that the procedure cannot end
 */
export const mayBringIn = (plan: Planned) => plan.rule !== 'call' && (isReading(plan) || isChanging(plan));

/** the first value of a query that the session's own connection runs in its transaction, as text */
export type Ask = (sql: string, values: string[]) => Promise<string | null | undefined>;

/** before the transaction takes its snapshot: the files of every external table that it will read */
export async function bringIn(
  context: CommandContext,
  plans: Planned[],
  within?: { isIdle: boolean; ask: Ask },
): Promise<void> {
  const isIdle = within?.isIdle ?? context.client.getTransactionStatus() === 'I';
  const readers = plans.filter(isReading);
  const changes = plans.filter(isChanging);
  if (readers.length + changes.length === 0) return;
  // inside a transaction of its own, so that what is brought in is seen by others at once
  const isOwn = isIdle && !within;
  let other: Outside | undefined;
  // of the service: who may read a table need not be its owner
  const connection = async () => (other ??= await context.outside()).client;
  // another connection has a search path of its own
  const askOther: Ask = async (sql, values) =>
    (await (isOwn ? context.client : await connection()).query<{ found: string | null }>(sql, values)).rows[0]?.found;
  const ask = within?.ask ?? askOther;
  const named = async (said: Planned[]) =>
    JSON.parse(
      (await ask(`${externalTables} as found`, [namesOf(said), String(!isIdle && !within)])) ?? '[]',
    ) as Named[];
  try {
    for (const change of changes) {
      const [table] = (await named([change])).filter(({ direct }) => direct);
      if (!table) continue;
      if (plans.length > 1 || !isIdle)
        throw new Refusal('external', 'DDL of an external table cannot run inside a transaction block');
      const client = await connection();
      if (change.outline.startsWith('drop table ')) await alone(client, table, () => forgetFiles(client, table.id));
    }
    if (readers.length > 0) for (const table of await named(readers)) await refresh(await connection(), context, table);
  } finally {
    await other?.end();
  }
}

interface Wanted extends Found {
  values: string[];
}

interface Held {
  child: string;
  url: string;
  etag: string;
  values: string[];
  /** of the table when the file was read, with their types: it is read again after a change of them */
  columns: string[];
}

const keyOf = ({ url, etag, values, columns }: Omit<Held, 'child'>) => JSON.stringify([url, etag, values, columns]);

const columnOf = (column: TargetColumn) => `${column.name} ${typeName(column)}`;

/** Spectrum passes over what begins with an underscore, a period or a hash mark, or ends in a tilde */
const isHidden = (url: string) => /(^|\/)[_.#][^/]*$|~$/.test(url);

async function refresh(client: pg.Client, context: CommandContext, table: Named): Promise<void> {
  await alone(client, table, async () => {
    const wanted = await wantedFiles(client, context, table);
    const columns = (await fileColumns(client, table.name, table.keys)).map(columnOf);
    const { rows: held } = await client.query<Held>(
      'select child::regclass::text as child, url, etag, key_values as values, columns from _redshift_data.external_files where table_id = $1',
      [table.id],
    );
    const keep = new Set(wanted.map((file) => keyOf({ ...file, columns })));
    const has = new Set(held.map(keyOf));
    const missing = wanted.filter((file) => !has.has(keyOf({ ...file, columns })));
    const stale = held.filter((file) => !keep.has(keyOf(file)));
    if (missing.length + stale.length === 0) return;
    // who reads meanwhile sees the files as they were before, or as they are
    await inTransaction(client, async () => {
      for (const file of missing) await addFile(client, context, table, file);
      for (const { child } of stale) await forgetFile(client, child);
    });
  });
}

/** nobody else brings in files of the table, or forgets them */
async function alone(client: pg.Client, { id }: Named, work: () => Promise<void>): Promise<void> {
  await client.query('select pg_advisory_lock(7264813, $1)', [id]);
  try {
    await work();
  } finally {
    await client.query('select pg_advisory_unlock(7264813, $1)', [id]);
  }
}

async function inTransaction(client: pg.Client, work: () => Promise<void>): Promise<void> {
  await client.query('begin');
  try {
    await work();
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

async function wantedFiles(
  client: pg.Client,
  { objects }: CommandContext,
  { id, keys, location }: Named,
): Promise<Wanted[]> {
  const { rows } =
    keys.length === 0
      ? { rows: [{ values: [] as string[], location }] }
      : await client.query<{ values: string[]; location: string }>(
          'select key_values as values, location from _redshift_data.external_partitions where table_id = $1',
          [id],
        );
  const found: Wanted[] = [];
  for (const { values, location: folder } of rows) {
    const files = await objects.list(folder.endsWith('/') ? folder : `${folder}/`);
    found.push(...files.filter(({ url, size }) => size > 0 && !isHidden(url)).map((file) => ({ ...file, values })));
  }
  return found;
}

async function forgetFile(client: pg.Client, child: string): Promise<void> {
  await client.query('delete from _redshift_data.external_files where child = $1::regclass', [child]);
  await client.query(`drop table ${child}`);
}

/** a table a file, which inherits the external table; its partition's values are defaults */
async function addFile(client: pg.Client, context: CommandContext, table: Named, file: Wanted): Promise<void> {
  const { rows: added } = await client.query<{ name: string }>(
    `select '_redshift_data.file_' || nextval('_redshift_data.external_file_number') as name`,
  );
  const child = added[0]?.name ?? '';
  await client.query(`create unlogged table ${child} () inherits (${table.name})`);
  for (const [at, key] of table.keys.entries())
    await client.query(
      `alter table ${child} alter column ${quoted(key)} set default ${client.escapeLiteral(file.values[at] ?? '')}`,
    );
  const columns = await fileColumns(client, table.name, table.keys);
  const fail = (problem: Parameters<typeof spectrumFailure>[1]) => spectrumFailure(context.queryId, problem);
  async function* chunks(): AsyncGenerator<Buffer> {
    yield copyHeader;
    const rows = parquetRows({
      objects: context.objects,
      file,
      columns,
      byName: true,
      fillRecord: true,
      serializeToJson: false,
      fail,
    });
    for await (const { chunk } of rows) {
      context.check();
      yield chunk;
    }
    yield copyTrailer;
  }
  const names = columns.map(({ name }) => quoted(name)).join(', ');
  // frozen rows are seen by older snapshots too, for which the file that they replace is gone as well
  await copyIn(client, `copy ${child} (${names}) from stdin (format binary, freeze)`, chunks());
  await client.query('insert into _redshift_data.external_files values ($1::regclass, $2, $3, $4, $5, $6, $7)', [
    child,
    table.id,
    file.url,
    file.etag,
    file.size,
    file.values,
    columns.map(columnOf),
  ]);
}
