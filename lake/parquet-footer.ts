import type { SchemaElement } from 'hyparquet';
import type { Column, ColumnType } from '../model/columns.js';
import { TerminalError } from '../model/errors.js';
import type { ObjectRef } from '../model/plan.js';
import type { ObjectStore } from './object-store.js';

/** what one ranged GET takes of a file's end; a larger footer takes a second one */
const firstFetch = 64 * 1024;
const atOnce = 8;

/** names, order, types and rows of files, as their footers tell them, against the columns they were to have */
export async function checkFooters(
  store: ObjectStore,
  bucket: string,
  files: { key: string; rows: number; bytes: number }[],
  columns: Column[],
  sign: () => void = () => undefined,
): Promise<void> {
  const waiting = [...files];
  await Promise.all(
    Array.from({ length: Math.min(atOnce, files.length) }, async () => {
      for (let file = waiting.shift(); file; file = waiting.shift()) {
        await checkFooter(store, bucket, file, columns);
        sign();
      }
    }),
  );
}

async function checkFooter(
  store: ObjectStore,
  bucket: string,
  { key, rows, bytes }: { key: string; rows: number; bytes: number },
  columns: Column[],
): Promise<void> {
  const { schema, num_rows: found } = await footer(store, { bucket, key }, bytes);
  const problems: string[] = [];
  if (Number(found) !== rows) problems.push(`it has ${found} rows, its manifest says ${rows}`);
  // the first element is the root
  const fields = schema.slice(1);
  if (fields.length !== columns.length)
    problems.push(`it has ${fields.length} columns, the schema has ${columns.length}`);
  for (const [at, column] of columns.entries()) {
    const field = fields[at];
    if (!field) break;
    const [want, got] = [`${column.name} ${typeOf(column.type)}`, `${field.name} ${typeIn(field)}`];
    if (want !== got) problems.push(`column ${at + 1} is ${got}, the schema says ${want}`);
  }
  if (problems.length > 0)
    throw new TerminalError('CheckFailed', `s3://${bucket}/${key}: ${problems.join('; ')}; retry from parquet`);
}

async function footer(store: ObjectStore, ref: ObjectRef, bytes: number) {
  const { parquetMetadataAsync } = await import('hyparquet');
  const file = {
    byteLength: bytes,
    slice: async (start: number, end = bytes) => Uint8Array.from(await store.range(ref, start, end)).buffer,
  };
  try {
    return await parquetMetadataAsync(file, { initialFetchSize: firstFetch });
  } catch (error) {
    // the second is S3's: the object is shorter
    if (!(error instanceof Error) || !(/parquet/i.test(error.message) || error.name === 'InvalidRange')) throw error;
    const message = `s3://${ref.bucket}/${ref.key} is no Parquet file of ${bytes} bytes: ${error.message}; retry from parquet`;
    throw new TerminalError('CheckFailed', message, { cause: error });
  }
}

/** as Parquet names it; COPY goes by the annotation of a decimal, not by what carries it */
function typeOf(type: ColumnType): string {
  switch (type.kind) {
    case 'smallint':
      return 'INT32 INT_16';
    case 'integer':
      return 'INT32';
    case 'bigint':
      return 'INT64';
    case 'double':
      return 'DOUBLE';
    case 'boolean':
      return 'BOOLEAN';
    case 'date':
      return 'INT32 DATE';
    case 'timestamp':
    case 'timestamptz':
      return 'INT64 TIMESTAMP_MICROS';
    case 'decimal':
      return `DECIMAL(${type.precision}, ${type.scale})`;
    case 'varchar':
      return 'BYTE_ARRAY UTF8';
    case 'super':
      return 'BYTE_ARRAY';
  }
}

function typeIn({ type, converted_type: annotation, precision, scale }: SchemaElement): string {
  if (annotation === 'DECIMAL') return `DECIMAL(${precision}, ${scale ?? 0})`;
  return [type, annotation].filter(Boolean).join(' ');
}
