import type { CopyCommand } from '../sql/copy.js';
import { copyIn } from './copy-in.js';
import { jsonColumns } from './json-columns.js';
import type { Load, Loaded } from './load-job.js';
import { textFailure, ValueError, type Problem } from './load-errors.js';
import { readCsv } from './read-csv.js';
import { readDelimited } from './read-delimited.js';
import { readJson } from './read-json.js';
import type { SourceFile } from './source-files.js';
import { quoted, type TargetColumn } from './target-columns.js';
import { converter } from './text-fields.js';
import { decodeField, type TextRecord } from './text-record.js';
import { textSource } from './text-source.js';

const chunkCharacters = 64 * 1024;

/** COPY of CSV, delimited and JSON files; a record that does not fit counts against MAXERROR */
export async function loadText({ command, target, files, context }: Load): Promise<Loaded> {
  const { columns } = target;
  const converters = columns.map((column) => converter(column, command));
  const problems: Problem[] = [];
  // MAXERROR 0 and 1 both end at the first
  const limit = Math.max(1, command.maxError);
  let rows = 0;
  const records = await recordReader(command, columns, context.objects);

  function reject(problem: Problem): void {
    problems.push(problem);
    if (problems.length >= limit) throw textFailure(target.name, problems);
  }

  function line(record: TextRecord, file: SourceFile): string | undefined {
    let at = 0;
    try {
      if (record.problem) throw record.problem;
      const fields = shaped(record, command, columns);
      let text = '';
      for (; at < columns.length; at++) {
        const bytes = fields[at];
        const value = typeof bytes === 'string' ? converters[at]?.(decoded(bytes, command)) : null;
        if ((value === null || value === undefined) && columns[at]?.nullable === false)
          throw new ValueError(1213, 'Missing data for not-null field');
        text += `${at > 0 ? '\t' : ''}${value === null || value === undefined ? '\\N' : escaped(value)}`;
      }
      return `${text}\n`;
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      reject({
        file: file.url,
        line: record.line,
        column: record.problem || error instanceof ShapeError ? undefined : columns[at],
        position: error.position,
        code: error.code,
        reason: error.message,
        rawLine: record.raw,
        rawValue: record.fields[at] ?? '',
      });
      return undefined;
    }
  }

  async function* chunks(): AsyncGenerator<Buffer> {
    let text = '';
    for (const file of files) {
      for await (const record of records(file)) {
        const made = line(record, file);
        if (made === undefined) continue;
        rows++;
        text += made;
        if (text.length < chunkCharacters) continue;
        context.check();
        yield Buffer.from(text);
        text = '';
      }
    }
    if (text !== '') yield Buffer.from(text);
  }

  if (command.noLoad) {
    for await (const _ of chunks()) context.check();
    return { rows: 0, problems };
  }
  const names = columns.map(({ name }) => quoted(name)).join(', ');
  await copyIn(context.client, `copy ${command.table} (${names}) from stdin`, chunks());
  return { rows, problems };
}

type Records = (file: SourceFile) => AsyncGenerator<TextRecord>;

async function recordReader(
  command: CopyCommand,
  columns: TargetColumn[],
  objects: Load['context']['objects'],
): Promise<Records> {
  const open = (file: SourceFile) => textSource(objects, file.url, command);
  if (command.format !== 'json') {
    const read = command.format === 'csv' ? readCsv : readDelimited;
    return async function* (file) {
      let skip = command.ignoreHeader;
      for await (const record of read(await open(file), command)) {
        if (skip-- > 0) continue;
        if (command.ignoreBlankLines && record.raw === '') continue;
        yield record;
      }
    };
  }
  const paths = command.json.startsWith('s3://') ? await objects.text(command.json) : undefined;
  const pick = jsonColumns(command.json, columns, paths);
  return async function* (file) {
    for await (const { line, raw, value, problem } of readJson(await open(file), command.replacement)) {
      if (problem) yield { line, raw, fields: [], problem };
      else yield picked(line, raw, () => pick(value));
    }
  };
}

function picked(line: number, raw: string, pick: () => TextRecord['fields']): TextRecord {
  try {
    return { line, raw, fields: pick() };
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    return { line, raw, fields: [], problem: error };
  }
}

/** wrong by its number of fields, not by one of them */
class ShapeError extends ValueError {}

function shaped(
  { fields }: TextRecord,
  { format, fillRecord }: CopyCommand,
  columns: TargetColumn[],
): TextRecord['fields'] {
  const wanted = columns.length;
  if (format === 'json' || fields.length === wanted) return fields;
  // a delimiter may stand at the end of a line
  if (format === 'text' && fields.length === wanted + 1 && fields[wanted] === '') return fields.slice(0, wanted);
  if (fields.length > wanted) throw new ShapeError(1202, 'Extra column(s) found');
  if (!fillRecord) throw new ShapeError(1214, 'Delimiter not found');
  return columns.map(({ type }, at) => (at < fields.length ? fields[at] : type === 'character varying' ? '' : null));
}

/** JSON text was decoded with its document */
const decoded = (bytes: string, { format, replacement }: CopyCommand) =>
  format === 'json' ? bytes : decodeField(bytes, replacement);

const special: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escaped(text: string): string {
  return /[\\\n\r\t]/.test(text) ? text.replace(/[\\\n\r\t]/g, (found) => special[found] ?? found) : text;
}
