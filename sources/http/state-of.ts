import type { HttpSource } from '../../model/http-source.js';
import { greatest, type SourceState } from '../../model/state-value.js';
import { placeIn, type Document } from './document.js';

/** the greatest values of a page's records, which the next interval begins with; undefined where there are none */
export function stateOf({ state, records }: HttpSource, { value }: Document): SourceState | undefined {
  if (!state) return undefined;
  const place = records.form === 'json' ? records.at : undefined;
  const list = [(place === undefined ? value : placeIn(value, place)) ?? []].flat() as unknown[];
  const found = Object.entries(state).flatMap(([name, { at }]) => {
    const most = greatest(list.map((record) => placeIn(record, at)));
    return most === undefined ? [] : [[name, most] as const];
  });
  return found.length > 0 ? Object.fromEntries(found) : undefined;
}
