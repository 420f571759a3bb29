import type { Column } from '../model/columns.js';
import { columnProblems, identifier } from './check-columns.js';
import { rowsProblems } from './check-rows.js';
import { mapColumns } from '../columns/columns.js';
import { duration } from '../model/interval.js';
import type { EntityOptions } from './options.js';

/** what is wrong with an entity: at a field's path, at one of its own words, or as a whole */
export interface Problem {
  at: string;
  /** of the field, when it is one's */
  path?: string[];
  message: string;
}

/** columns of an entity and every problem of its definition */
export function checkEntity(options: EntityOptions): { columns: Column[]; problems: Problem[] } {
  const mapped = mapColumns(options.schema);
  const { columns } = mapped;
  const fields = [...mapped.problems, ...columnProblems(mapped, () => mapColumns(options.schema))];
  const problems: Problem[] = fields.map(({ path, message }) => ({
    at: path.join('.') || 'the schema',
    path,
    message,
  }));
  if (!identifier.test(options.name)) {
    problems.unshift({
      at: 'name',
      message: `${JSON.stringify(options.name)} must be lower snake_case, at most 63 bytes`,
    });
  }
  if (options.mode !== 'append' && !options.key?.length) {
    problems.push({ at: 'key', message: `mode ${options.mode} needs one: name the columns that identify a row` });
  }
  const names = columns.map(({ name }) => name);
  for (const role of ['key', 'order'] as const) {
    for (const [at, name] of (options[role] ?? []).entries()) {
      const column = columns.find((column) => column.name === name);
      const add = (message: string) => problems.push({ at: role, message });
      if (!column) {
        add(`${name}, which is no column (columns: ${names.join(', ')})`);
        continue;
      }
      if (options[role]?.indexOf(name) !== at) add(`${name} is named twice`);
      if (column.nullable) add(`${name} must not be nullable: a row without it has no place`);
      if (column.type.kind === 'super') add(`${name} is SUPER: name columns of its fields instead`);
      if (role === 'key' && mapped.standIns.has(name)) {
        add(`${name} has a default: all records without it would be one row`);
      }
    }
  }
  problems.push(...lookbackProblems(options).map((message) => ({ at: 'lookback', message })));
  problems.push(...rowsProblems(options, columns).map((message) => ({ at: 'rows', message })));
  return { columns, problems };
}

function lookbackProblems({ lookback, mode, rows }: EntityOptions): string[] {
  if (lookback === undefined) return [];
  if (mode !== 'merge') return [`is of mode merge: ${mode} looks for no keys`];
  if (typeof rows === 'object' && rows.replace)
    return ['is of rows by their own key: those of a record replace what it had, in whichever interval'];
  try {
    return duration(lookback) > 0 ? [] : [`'${lookback}' must be longer than nothing`];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}
