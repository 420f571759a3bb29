import { TerminalError } from '../model/errors.js';
import type { Plan, ValidateManifest } from '../model/plan.js';
import type { RefusedCounts } from '../model/run-result.js';
import { fieldsOf } from '../model/rejected.js';

/** what parts saw beside their counts */
export interface Observed {
  /** files of which nothing could be read, in words */
  unreadable: string[];
  /** values that `when` did not match, and times outside of the interval */
  ignored: string[];
  dropped: string[];
  /** what those times look like instead */
  unit?: string;
}

const mostValues = 3;
/** fields that are named */
const namedFields = 5;

/** fails a run of which nothing, or nothing of one file, is usable; before anything is deleted */
export function refuseUnusable(
  manifest: ValidateManifest,
  plan: Pick<Plan, 'entities'>,
  { unreadable, unit }: Observed,
  details?: RefusedCounts,
): void {
  const { counts, run } = manifest;
  const { valid, rejected } = rows(manifest);
  if (valid === 0 && rejected > 0) {
    const files = unreadable.length > 0 ? ` (${unreadable.join('; ')})` : '';
    throw new TerminalError(
      'NothingUsable',
      `nothing of the ${counts.records} records read is usable: ${faults(manifest, plan)}${files}; see \`waterclock rejected ${run.pipeline} --interval ${run.interval.start}\` for the reasons`,
      { details },
    );
  }
  if (unit && counts.dropped === counts.records) {
    const { start, end } = run.interval;
    throw new TerminalError(
      'NothingUsable',
      `all ${counts.records} records lie outside of ${start} to ${end}: ${unit}`,
      { details },
    );
  }
  if (unreadable.length > 0)
    throw new TerminalError('UnreadablePart', `not one record can be read of ${unreadable.join('; ')}`, { details });
}

export function refuseTooManyRejected(
  manifest: ValidateManifest,
  plan: Pick<Plan, 'entities' | 'maxRejected'>,
  details?: RefusedCounts,
): void {
  const { share, atLeast } = plan.maxRejected;
  const { valid, rejected } = rows(manifest);
  const judged = valid + rejected;
  const limit = Math.max(atLeast, Math.floor(judged * share));
  if (rejected <= limit) return;
  const { pipeline, interval } = manifest.run;
  throw new TerminalError(
    'TooManyRejected',
    `${rejected} of ${judged} rows were rejected, more than the ${limit} that maxRejected allows: ${faults(manifest, plan)}; see \`waterclock rejected ${pipeline} --interval ${interval.start}\` for the reasons`,
    { details },
  );
}

/** why a run loads nothing although nothing is wrong with its records; undefined when it loads something, or read nothing */
export function unmatched(
  { counts, ...manifest }: ValidateManifest,
  { ignored, dropped }: Observed,
): string | undefined {
  if (counts.records === 0 || counts.routed > 0 || rows({ ...manifest, counts }).rejected > 0) return undefined;
  const { start, end } = manifest.run.interval;
  const parts = [
    ...(counts.ignored > 0 ? [`${counts.ignored} match no \`when\`${first(ignored)}`] : []),
    ...(counts.dropped > 0
      ? [`${counts.dropped} lie outside of ${start} to ${end} by \`eventTime\`${first(dropped)}`]
      : []),
  ];
  return `none of ${counts.records} records is of use: ${parts.join(', ')}`;
}

function first(values: string[]): string {
  return values.length > 0 ? `, the first: ${values.slice(0, mostValues).join(', ')}` : '';
}

function rows({ entities, counts }: ValidateManifest): { valid: number; rejected: number } {
  const all = Object.values(entities);
  return {
    valid: all.reduce((sum, entity) => sum + usable(entity), 0),
    rejected: all.reduce((sum, entity) => sum + entity.rejected, counts.unparseable),
  };
}

/** a record without items is of use too where it replaces those that it had */
export function usable({ valid, parents = [] }: ValidateManifest['entities'][string]): number {
  return parents.reduce((sum, { rows }) => sum + rows, valid);
}

/** by field: reasons may quote values, which stay in the lake */
function faults({ reasons, counts }: ValidateManifest, { entities }: Pick<Plan, 'entities'>): string {
  const paths = entities.flatMap(({ columns }) => columns.map(({ path }) => path));
  const found = fieldsOf(reasons, paths).map(([field, count]) => `${count} at ${field}`);
  const unread = counts.unparseable > 0 ? [`${counts.unparseable} unparseable`] : [];
  return [...unread, ...found.slice(0, namedFields)].join(', ');
}
