import type { Source } from '../model/source.js';
import { timeProblems } from '../model/times.js';

/** what is wrong with the times that a source's texts name */
export function sourceProblems(source: Source): string[] {
  if (source.kind === 's3-objects') return timeProblems(source.prefix, 'its prefix');
  const query = Object.entries(source.query).flatMap(([name, text]) =>
    timeProblems(text, `its query parameter ${name}`),
  );
  return [...timeProblems(source.url, 'its url'), ...query];
}
