import type { Pipeline } from '../../schema/pipeline.js';
import { valueAt } from '../../schema/value-at.js';

const mostValues = 3;
const longest = 40;

/** the first distinct values by which records were left out: they tell a misspelt `when` or a wrong unit of time */
export function missedValues({ entities, eventTime }: Pick<Pipeline, 'entities' | 'eventTime'>) {
  const paths = [...new Set(entities.flatMap(({ when }) => Object.keys(when)))].map((path) => path.split('.'));
  const ignored = new Set<string>();
  const dropped = new Set<string>();
  const told = (record: unknown, path: string[]) => {
    const value = JSON.stringify(valueAt(record, path)) ?? 'nothing';
    return `${path.join('.')} = ${value.length > longest ? `${value.slice(0, longest)}…` : value}`;
  };
  return {
    ignored(record: unknown): void {
      if (ignored.size < mostValues) ignored.add(paths.map((path) => told(record, path)).join(' and '));
    },
    dropped(record: unknown): void {
      if (dropped.size < mostValues && eventTime) dropped.add(told(record, eventTime));
    },
    found: () => ({ ignored: [...ignored], dropped: [...dropped] }),
  };
}
