import type { Plan, RawPart } from '../../model/plan.js';

/** gives a record the fields that are declared of its object, in place of its own of these names */
export function objectColumns(
  { source }: Pick<Plan, 'source'>,
  sources: RawPart['sources'],
): ((value: unknown, at: number) => void) | undefined {
  const columns = source.kind === 's3-objects' ? source.columns : undefined;
  if (!columns) return undefined;
  const { key, modified, etag } = columns;
  return (value, at) => {
    const from = sources[at];
    if (typeof value !== 'object' || value === null || Array.isArray(value) || !from) return;
    const record = value as Record<string, unknown>;
    if (key !== undefined) record[key] = from.name;
    if (modified !== undefined && from.modified !== undefined) record[modified] = from.modified;
    if (etag !== undefined && from.etag !== undefined) record[etag] = from.etag;
  };
}
