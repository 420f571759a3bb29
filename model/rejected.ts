/** a line of a rejected file */
export interface RejectedRecord {
  /** the entity that wanted it; null when it could not be parsed */
  entity: string | null;
  /** the source file, as extract found it */
  source: string | null;
  /** in the source file (a gzipped one: as it is unpacked), from 1 */
  line: number;
  /** of its first byte in the source file, from 0 */
  offset: number;
  reasons: string[];
  /** as received, up to a limit */
  record: string;
  /** its bytes, where they are not UTF-8 */
  base64?: string;
  /** its whole size, where `record` is only its beginning */
  recordBytes?: number;
}

/** generalised reason to how many records gave it */
export type ReasonCounts = Record<string, number>;

/** distinct reasons that are counted by name */
const maxReasons = 200;
const otherReasons = 'other reasons';

/** a reason without what differs from record to record, so that equal faults are one group */
export function generalReason(reason: string): string {
  return reason
    .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, 'ID')
    .replace(/\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:?\d{2})?/g, 'TIME')
    .replace(/\b(?=[a-z]*\d)(?=\d*[a-z])[0-9a-f]{16,}\b/gi, 'ID')
    .replace(/\.\d+(?=[.:])/g, '.N')
    .replace(/(?<![\w.+^])-?\d+(\.\d+)?(e[+-]?\d+)?(?!\w)/gi, 'N');
}

/** beside the fields that are named */
const elsewhere = 'other fields';

/**
 * where the reasons lie, by declared field, the most frequent first. A reason may quote values, and a path may hold keys of
 * the data: of both nothing leaves the lake but names that a definition declares
 */
export function fieldsOf(counts: ReasonCounts, paths: string[][]): [field: string, count: number][] {
  // reasons are counted by their general form
  const declared = paths.map((path) => path.join('.')).map((field) => ({ field, prefix: generalReason(`${field}:`) }));
  // the longest first: one may lie in another
  declared.sort((a, b) => b.prefix.length - a.prefix.length);
  const fields: ReasonCounts = {};
  for (const [reason, count] of Object.entries(counts)) {
    const found = declared.find(
      ({ prefix }) => reason.startsWith(prefix) || reason.startsWith(`${prefix.slice(0, -1)}.`),
    );
    countReason(fields, found?.field ?? elsewhere, count);
  }
  return topReasons(fields, Infinity);
}

/** adds to the counts; what would make them grow without end is counted together */
export function countReason(counts: ReasonCounts, reason: string, by = 1): void {
  const isNew = !Object.hasOwn(counts, reason);
  const name = isNew && Object.keys(counts).length >= maxReasons ? otherReasons : reason;
  counts[name] = (Object.hasOwn(counts, name) ? (counts[name] ?? 0) : 0) + by;
}

/** the most frequent first */
export function topReasons(counts: ReasonCounts, most: number): [reason: string, count: number][] {
  return Object.entries(counts)
    .sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1))
    .slice(0, most);
}
