import type pg from 'pg';
import type { CopyCommand } from '../sql/copy.js';
import { copyIn } from './copy-in.js';
import { readManifest, type ManifestFile } from './manifest.js';
import type { Objects } from './objects.js';
import { describe, encoderOf, ValueError, type Encode, type TargetColumn } from './parquet-types.js';
import { openParquet } from './read-parquet.js';

const chunkBytes = 256 * 1024;

/** COPY of a manifest's Parquet files into a table, by position; rows loaded */
export async function loadParquet(
  client: pg.Client,
  objects: Objects,
  command: CopyCommand,
  check: () => void,
): Promise<number> {
  const columns = await targetColumns(client, command);
  const files = await readManifest(objects, command.manifest);
  const quoted = columns.map(({ name }) => `"${name.replaceAll('"', '""')}"`);
  let rows = 0;
  async function* chunks(): AsyncGenerator<Buffer> {
    for (const file of files) {
      for await (const { text, count } of fileText(objects, file, columns, command.table)) {
        check();
        rows += count;
        yield Buffer.from(text);
      }
    }
  }
  await copyIn(client, `copy ${command.table} (${quoted.join(', ')}) from stdin`, chunks());
  return rows;
}

const failed = (table: string, reason: string) =>
  new Error(
    `Load into table '${table.replaceAll('"', '')}' failed. Check 'sys_load_error_detail' system table for details. ${reason}`,
  );

async function targetColumns(client: pg.Client, { table, columns }: CopyCommand): Promise<TargetColumn[]> {
  const { rows } = await client.query<{
    name: string;
    type: string;
    bytes: number | null;
    precision: number | null;
    scale: number | null;
    nullable: boolean;
    identity: string;
    relkind: string;
  }>(
    `select a.attname as name, v.data_type as type, v.character_maximum_length as bytes, v.numeric_precision as precision, v.numeric_scale as scale,
       not a.attnotnull as nullable, a.attidentity as identity, c.relkind
     from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
     join redshift_catalog.svv_columns v on v.table_schema = n.nspname and v.table_name = c.relname and v.column_name = a.attname
     where c.oid = $1::regclass and a.attnum > 0 and not a.attisdropped order by a.attnum`,
    [table],
  );
  if (rows.some(({ relkind }) => relkind !== 'r')) throw failed(table, 'it is no table');
  const all = rows.map((row) => ({
    ...row,
    bytes: row.bytes ?? 0,
    precision: row.precision ?? 0,
    scale: row.scale ?? 0,
  }));
  if (!columns) return all.filter(({ identity }) => identity !== 'a');
  if (new Set(columns).size < columns.length) throw failed(table, 'a column is listed twice');
  return columns.map((name) => {
    const found = all.find((column) => column.name === name);
    if (!found) throw new Error(`column "${name}" of relation ${table} does not exist`);
    if (found.identity === 'a') throw failed(table, `column ${name} is IDENTITY: EXPLICIT_IDS is not honoured here`);
    return found;
  });
}

async function* fileText(objects: Objects, { url, size }: ManifestFile, columns: TargetColumn[], table: string) {
  const file = await openParquet(await objects.buffer(url, size)).catch((error: unknown) => {
    throw failed(
      table,
      `File ${url}: not readable as Parquet: ${error instanceof Error ? error.message : String(error)}`,
    );
  });
  if (file.columns.length !== columns.length) {
    throw failed(
      table,
      `File ${url}: unmatched number of columns: table has ${columns.length}, file has ${file.columns.length}`,
    );
  }
  const encoders = columns.map((column, at): Encode => {
    const element = file.columns[at];
    const encode = element && encoderOf(element, column);
    if (encode) return encode;
    throw failed(
      table,
      `File ${url} has an incompatible Parquet schema for column ${column.name}. Column type: ${column.type}${column.type === 'numeric' ? `(${column.precision},${column.scale})` : ''}, Parquet schema: ${element ? describe(element) : ''}`,
    );
  });
  let firstRow = 0;
  for await (const { rows, values } of file.groups()) {
    let text = '';
    let count = 0;
    for (let row = 0; row < rows; row++) {
      for (let at = 0; at < columns.length; at++) {
        if (at > 0) text += '\t';
        text += cell(
          values[at]?.[row],
          columns[at],
          encoders[at],
          () => `File ${url}, row ${firstRow + row + 1}`,
          table,
        );
      }
      text += '\n';
      count++;
      if (text.length >= chunkBytes) {
        yield { text, count };
        text = '';
        count = 0;
      }
    }
    if (count > 0) yield { text, count };
    firstRow += rows;
  }
}

function cell(
  value: unknown,
  column: TargetColumn | undefined,
  encode: Encode | undefined,
  where: () => string,
  table: string,
): string {
  if (value === undefined || value === null) {
    if (column?.nullable) return '\\N';
    throw failed(table, `${where()}, column ${column?.name}: NULL in a column that is NOT NULL`);
  }
  try {
    return encode?.(value) ?? '\\N';
  } catch (error) {
    if (error instanceof ValueError) throw failed(table, `${where()}, column ${column?.name}: ${error.message}`);
    throw error;
  }
}
