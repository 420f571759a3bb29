import type { RunRef } from '../../model/keys.js';
import { eventTimeOf, type EventTime } from '../../validate/event-time.js';

/** false only for a record whose time can be read and lies outside; undefined where none is declared */
export function insideInterval(
  run: RunRef,
  declared: EventTime | undefined,
): ((record: unknown) => boolean) | undefined {
  if (!declared) return undefined;
  const timeOf = eventTimeOf(declared);
  const start = Date.parse(run.interval.start);
  const end = Date.parse(run.interval.end);
  return (record) => {
    const at = timeOf(record);
    return at === undefined || (at >= start && at < end);
  };
}
