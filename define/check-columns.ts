import type { Column } from '../model/columns.js';
import type { FieldProblem, Mapped } from '../columns/columns.js';

export const identifier = /^[a-z][a-z0-9_]{0,62}$/;

/** Redshift's limit of a table, less what the load adds */
export const maxColumns = 1_600 - 4;

/** what a warehouse and a lake ask of columns beyond their types */
export function columnProblems({ columns, standIns }: Mapped, again: () => Mapped): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const byName = new Map<string, Column>();
  for (const column of columns) {
    const told = nameProblem(column.name);
    const twin = byName.get(column.name);
    if (told) problems.push({ path: column.path, message: told });
    else if (twin) {
      const message = `two columns are named ${column.name}, this and ${twin.path.join('.')}: rename one, .meta({ column: '...' })`;
      problems.push({ path: column.path, message });
    }
    byName.set(column.name, column);
    const role = column.distKey ? 'distKey' : column.sortKey === undefined ? undefined : 'sortKey';
    if (role && column.type.kind === 'super')
      problems.push({ path: column.path, message: `is SUPER, which is no ${role}: choose a column of one value` });
    if (column.sortKey !== undefined && !Number.isInteger(column.sortKey)) {
      problems.push({
        path: column.path,
        message: `has sortKey ${String(column.sortKey)}: give its place among them, from 1`,
      });
    }
  }
  const distributing = columns.filter(({ distKey }) => distKey);
  if (distributing.length > 1) {
    const names = distributing.map(({ name }) => name).join(', ');
    problems.push({ path: [], message: `${names} are all distKey: choose one` });
  }
  if (columns.length > maxColumns) {
    const message = `has ${columns.length} columns, a Redshift table takes ${maxColumns} and four of the load: keep some in SUPER, .meta({ super: true })`;
    problems.push({ path: [], message });
  }
  return [...problems, ...restless(columns, standIns, again)];
}

function nameProblem(name: string): string | undefined {
  const rename = `rename it, .meta({ column: '...' })`;
  if (/^(dt|hr|min)$/.test(name)) return `its column ${name} would be a partition of the lake: ${rename}`;
  if (name.startsWith('_')) return `its column ${name} would begin with _, as those of the load do: ${rename}`;
  if (Buffer.byteLength(name) > 63)
    return `its column ${name.slice(0, 24)}... would have ${Buffer.byteLength(name)} bytes, more than 63: ${rename}`;
  if (!identifier.test(name)) return `its column ${JSON.stringify(name)} would not be lower snake_case: ${rename}`;
  return undefined;
}

/** a default that is another one each time would make other rows of the same raw */
function restless(columns: Column[], standIns: Map<string, string>, again: () => Mapped): FieldProblem[] {
  if (standIns.size === 0) return [];
  // a clock must have moved on
  for (const start = Date.now(); Date.now() < start + 2;);
  const second = again().standIns;
  return columns
    .filter(({ name }) => standIns.get(name) !== second.get(name))
    .map(({ path }) => ({
      path,
      message: 'has a default that changes from call to call: use one value, so that rows depend on the record alone',
    }));
}
