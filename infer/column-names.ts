import { snakeCase } from '../columns/columns.js';
import type { DraftField } from './draft.js';

const longestName = 63;
/** of the lake's partitions */
const taken = ['dt', 'hr', 'min'];
/** a table takes 1,596; the rest is left out, so that a definition can be loaded and looked at */
const mostColumns = 1_500;

/** names the columns whose own names a table does not take, or that two fields would share */
export function nameColumns(fields: DraftField[]): void {
  const names = new Set(taken);
  let columns = 0;
  const walk = (own: DraftField[], path: string[]) => {
    for (const field of own) {
      const here = [...path, field.name];
      const { draft } = field;
      if (draft.kind === 'object') walk(draft.fields, here);
      else if (draft.kind === 'leftOut') continue;
      else if (++columns > mostColumns) {
        field.draft = { kind: 'leftOut', note: `a table takes no more than ${mostColumns} such columns` };
      } else {
        const plain = snakeCase(here.join('_'));
        const name = freeName(plain, names);
        if (name !== plain) field.column = name;
        names.add(name);
      }
    }
  };
  walk(fields, []);
}

export const columnOf = (field: DraftField, path: string[]): string => field.column ?? snakeCase(path.join('_'));

/** the name itself where it is one, else the nearest that nothing else has */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  const near = identifierOf(name);
  if (!taken.has(near)) return near;
  for (let number = 2; ; number++) {
    const next = `${near.slice(0, longestName - 5)}_${number}`;
    if (!taken.has(next)) return next;
  }
}

/** lower snake_case, at most 63 bytes */
export function identifierOf(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/ß/g, 'ss')
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '_')
    .replace(/^_+/, '')
    .slice(0, longestName)
    .replace(/_+$/, (end) => (name.endsWith('_') && /^[a-z][a-z0-9_]*$/.test(name) ? end : ''));
  if (plain === '') return 'field';
  return /^[a-z]/.test(plain) ? plain : `f_${plain}`.slice(0, longestName);
}
