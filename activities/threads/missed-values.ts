import { parsePath, pathText } from '../../model/field-path.js';
import type { Interval } from '../../model/interval.js';
import { looksLikeOtherUnit } from '../../validate/event-time.js';
import type { Pipeline } from '../../define/pipeline.js';
import { valueAt } from '../../model/value-at.js';

const mostValues = 3;
const longest = 40;

/** the first distinct values by which records were left out: they tell a misspelt `when` or a wrong unit of time */
export function missedValues({ entities, eventTime }: Pick<Pipeline, 'entities' | 'eventTime'>, interval: Interval) {
  let unit: string | undefined;
  const paths = [...new Set(entities.flatMap(({ when }) => Object.keys(when)))].map(parsePath);
  const ignored = new Set<string>();
  const dropped = new Set<string>();
  const shown = (record: unknown, path: string[]) => {
    const found = valueAt(record, path);
    const value =
      JSON.stringify(found, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part)) ?? 'nothing';
    return `${pathText(path)} = ${value.length > longest ? `${value.slice(0, longest)}…` : value}`;
  };
  return {
    ignored(record: unknown): void {
      if (ignored.size < mostValues) ignored.add(paths.map((path) => shown(record, path)).join(' and '));
    },
    dropped(record: unknown): void {
      if (dropped.size >= mostValues || !eventTime) return;
      dropped.add(shown(record, eventTime.path));
      unit ??= looksLikeOtherUnit(valueAt(record, eventTime.path), eventTime, interval);
    },
    found: () => ({ ignored: [...ignored], dropped: [...dropped], ...(unit && { unit }) }),
  };
}
