/** what is done with fields that an entity's schema does not declare: `keep` stores them in the column `_unknown` */
export type UnknownFields = 'ignore' | 'reject' | 'keep';

/** how the rows of one raw part differ from their schema; fields are named by their path */
export interface Drift {
  /** fields that the schema does not declare */
  unknown: Record<string, { count: number; type: string }>;
  /** occurrences of such fields beyond those that are named */
  unnamed: number;
  /** declared fields that no row had, and how many rows could have had them */
  absent: Record<string, number>;
  /** declared fields that came with another type */
  retyped: Record<string, { count: number; expected: string; got: string }>;
}

/** the drift of a run as people read it; each list sorted by count */
export interface DriftReport {
  new: { field: string; count: number; type: string }[];
  unnamed: number;
  missing: { field: string; rows: number }[];
  retyped: { field: string; count: number; expected: string; got: string }[];
}

/** fields named in a report: a source that makes up a name for each record must not fill it */
export const maxNamedFields = 100;

/** the drift of all parts of one entity; undefined when there is none */
export function driftReport(parts: Drift[]): DriftReport | undefined {
  const fields = new Map<string, { field: string; count: number; type: string }>();
  const retyped = new Map<string, { field: string; count: number; expected: string; got: string }>();
  let unnamed = 0;
  for (const part of parts) {
    unnamed += part.unnamed;
    for (const [field, { count, type }] of Object.entries(part.unknown)) add(fields, { field, count, type });
    for (const [field, change] of Object.entries(part.retyped)) add(retyped, { field, ...change });
  }
  const [first, ...rest] = parts;
  const missing = Object.keys(first?.absent ?? {})
    .filter((field) => rest.every(({ absent }) => Object.hasOwn(absent, field)))
    .map((field) => ({ field, rows: parts.reduce((sum, { absent }) => sum + (absent[field] ?? 0), 0) }))
    .filter(({ rows }) => rows > 0);
  const named = byCount(fields);
  unnamed += named.slice(maxNamedFields).reduce((sum, { count }) => sum + count, 0);
  const report = { new: named.slice(0, maxNamedFields), unnamed, missing, retyped: byCount(retyped) };
  return report.new.length + unnamed + missing.length + report.retyped.length > 0 ? report : undefined;
}

/** `2 new, 1 missing, 1 retyped` */
export function tellDrift({ new: added, unnamed, missing, retyped }: DriftReport): string {
  const counts: [number, string][] = [
    [added.length, unnamed > 0 ? 'and more new' : 'new'],
    [missing.length, 'missing'],
    [retyped.length, 'retyped'],
  ];
  return counts
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}`)
    .join(', ');
}

function add<T extends { field: string; count: number }>(all: Map<string, T>, found: T): void {
  const known = all.get(found.field);
  if (known) known.count += found.count;
  else all.set(found.field, found);
}

function byCount<T extends { field: string; count: number }>(all: Map<string, T>): T[] {
  return [...all.values()].sort((a, b) => b.count - a.count || (a.field < b.field ? -1 : 1));
}
