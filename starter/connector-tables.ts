import type { StreamDescription } from '../control/connectors/ask.js';
import type { ListedConnector } from '../control/connectors/list-connectors.js';
import type { Pipeline } from '../define/pipeline.js';
import { table } from './table.js';

export interface StreamRow extends StreamDescription {
  /** how the pipeline reads it; null: it does not */
  read: string | null;
}

/** the streams of a pipeline's connector, beside how the pipeline reads them */
export function streamRows({ source }: Pick<Pipeline, 'source'>, streams: StreamDescription[]): StreamRow[] {
  const chosen = source.kind === 'custom' ? source.connector?.streams : undefined;
  return streams.map((stream) => ({ ...stream, read: chosen?.[stream.name]?.sync ?? null }));
}

export function streamTable(rows: StreamRow[], width: number | undefined): string {
  const shown = rows.map(({ name, key, cursor, sync, schema, read }) => ({
    stream: name,
    key: key.map((path) => path.join('.')).join(', ') || null,
    cursor: cursor?.join('.') ?? null,
    modes: sync.join(', ') || null,
    fields: Object.keys((schema['properties'] as object | undefined) ?? {}).length,
    read,
  }));
  return table(shown, { width });
}

export function connectorTable(rows: ListedConnector[], width: number | undefined): string {
  const shown = rows.map((row) => ({
    pipeline: row.pipeline,
    program: row.program,
    package: row.package,
    found: row.found ?? 'missing',
  }));
  return table(shown, { width });
}
