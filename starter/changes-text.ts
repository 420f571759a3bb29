import type { RecentChanges } from '../infer/recent-rows.js';

const marks = { new: '+', longer: '~', rejected: '~', 'never came': '-' } as const;

/** what a person copies into the definition: `+` is a new line, `~` replaces one, `-` may go */
export function changesText(pipeline: string, { runs, records, entities }: RecentChanges): string {
  const [first = '', last = first] = [runs[0], runs.at(-1)];
  const head = `${records} records of ${runs.length} ${runs.length === 1 ? 'run' : 'runs'} of ${pipeline}, ${first === last ? first : `${first} to ${last}`}`;
  const told = entities.map(({ entity, rows, changes }) => {
    const lines = changes.flatMap(({ field, change, why, line }) => [
      `${marks[change]} ${field}: ${change}, ${why}`,
      ...(line ?? '').split('\n').flatMap((one) => (one === '' ? [] : [`      ${one}`])),
    ]);
    return [`${entity}: ${rows} rows`, ...(lines.length > 0 ? lines : ['  the schema takes all that came'])].join('\n');
  });
  return [head, ...told].join('\n\n');
}
