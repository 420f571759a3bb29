import type pg from 'pg';
import type { CommandContext } from '../command-context.js';
import type { UnloadCommand } from './parse-unload.js';
import { resultColumn, type ResultColumn } from './result-column.js';
import { fileWriter, type FileWriter, type Row } from './writers.js';

/** a part is held in memory until it is put: no larger than this, whatever MAXFILESIZE allows */
const maxPartBytes = 256 * 1024 * 1024;
const fetchRows = 5000;

interface Written {
  url: string;
  size: number;
  rows: number;
}

/** UNLOAD; rows written */
export async function unload(command: UnloadCommand, { client, objects, check }: CommandContext): Promise<number> {
  const { prefix, partitionBy, allowOverwrite, cleanPath } = command;
  await client.query(`declare rs_local_unload no scroll cursor for ${command.query}`);
  const first = await fetch(client);
  const columns = first.fields.map(resultColumn);
  const keys = partitionBy.map((name) => {
    const at = columns.findIndex((column) => column.name === name);
    if (at < 0) throw new Error(`partition column "${name}" is not in the query of UNLOAD`);
    return at;
  });
  if (keys.length > 0 && keys.length === columns.length && !command.include)
    throw new Error('UNLOAD needs at least one column that is not a partition column');
  const kept = columns.flatMap((column, at) => (keys.includes(at) && !command.include ? [] : [{ column, at }]));
  const existing = await objects.list(prefix);
  if (existing.length > 0 && !allowOverwrite && !cleanPath) {
    throw new Error(
      'Specified unload destination on S3 is not empty. Consider using a different bucket / prefix, manually removing the target files in S3, or using the ALLOWOVERWRITE option.',
    );
  }
  const files = partFiles(
    command,
    kept.map(({ column }) => column),
    async (folder) => {
      if (cleanPath) await objects.remove(existing.flatMap(({ url }) => (url.startsWith(folder) ? [url] : [])));
    },
  );
  let rows = 0;
  for (let page = first.rows; page.length > 0; page = (await fetch(client)).rows) {
    check();
    rows += page.length;
    for (const row of page) {
      const folder = keys.map((at) => `${columns[at]?.name}=${partitionText(row[at])}/`).join('');
      const values = kept.map(({ at }) => row[at] ?? null);
      await files.add(folder, values);
    }
  }
  const written = await files.finish(objects.put);
  if (command.manifest) await objects.put(`${prefix}manifest`, Buffer.from(manifestOf(command, columns, written)));
  await client.query('close rs_local_unload');
  return rows;
}

const rawText = { getTypeParser: () => (value: string) => value } as unknown as pg.CustomTypesConfig;

const fetch = (client: pg.Client) =>
  client.query<Row>({ text: `fetch ${fetchRows} from rs_local_unload`, rowMode: 'array', types: rawText });

/** as Hive names the folder of NULL, and escapes what a key cannot hold */
const partitionText = (value: string | null | undefined) =>
  value === null || value === undefined || value === ''
    ? '__HIVE_DEFAULT_PARTITION__'
    : value.replace(/[/\\:%#?=]/g, encodeURIComponent);

interface Part {
  writer: FileWriter;
  rows: number;
  number: number;
}

function partFiles(command: UnloadCommand, columns: ResultColumn[], beforeFolder: (prefix: string) => Promise<void>) {
  const { prefix, parallel, maxFileSize } = command;
  const limit = Math.min(maxFileSize, maxPartBytes);
  const open = new Map<string, Part>();
  const done: { url: string; body: Uint8Array; rows: number }[] = [];
  const extension = command.extension
    ? `.${command.extension.replace(/^\./, '')}`
    : `${command.format === 'parquet' ? '.parquet' : command.format === 'json' ? '.json' : ''}${command.gzip ? '.gz' : ''}`;

  async function close(folder: string, { writer, rows, number }: Part): Promise<void> {
    const name = parallel ? `0000_part_${String(number).padStart(2, '0')}` : String(number).padStart(3, '0');
    done.push({ url: `${prefix}${folder}${name}${extension}`, body: await writer.finish(), rows });
  }

  return {
    async add(folder: string, row: Row): Promise<void> {
      let part = open.get(folder);
      if (!part) {
        await beforeFolder(`${prefix}${folder}`);
        part = { writer: fileWriter(command, columns), rows: 0, number: 0 };
        open.set(folder, part);
      } else if (part.writer.size() >= limit) {
        await close(folder, part);
        part = { writer: fileWriter(command, columns), rows: 0, number: part.number + 1 };
        open.set(folder, part);
      }
      const writing = part.writer.add(row);
      if (writing) await writing;
      part.rows++;
    },
    /** nothing is seen in S3 before the whole query has run */
    async finish(put: (url: string, body: Uint8Array) => Promise<void>): Promise<Written[]> {
      // an empty result leaves an empty file of text, and none of Parquet
      if (open.size === 0 && command.format !== 'parquet' && command.partitionBy.length === 0) {
        await beforeFolder(prefix);
        open.set('', { writer: fileWriter(command, columns), rows: 0, number: 0 });
      }
      for (const [folder, part] of open) await close(folder, part);
      for (const { url, body } of done) await put(url, body);
      return done.map(({ url, body, rows }) => ({ url, size: body.length, rows }));
    },
  };
}

function manifestOf({ verbose }: UnloadCommand, columns: ResultColumn[], written: Written[]): string {
  const entries = written.map(({ url, size, rows }) => ({
    url,
    meta: { content_length: size, ...(verbose && { record_count: rows }) },
  }));
  if (!verbose) return JSON.stringify({ entries });
  const sum = (pick: (file: Written) => number) => written.reduce((total, file) => total + pick(file), 0);
  return JSON.stringify({
    entries,
    schema: { elements: columns.map(({ name, base }) => ({ name, type: { base } })) },
    meta: { content_length: sum(({ size }) => size), record_count: sum(({ rows }) => rows) },
    author: { name: 'Amazon Redshift', version: '1.0.0' },
  });
}
