import { pathText } from '../model/field-path.js';
import type { DraftEntity, DraftRows } from './draft-entities.js';
import { keyText, lineWidth, quoted, renderFields } from './render-fields.js';

/** `const orders = defineEntity({ ... });` */
export function renderEntity(entity: DraftEntity, constant: string): string {
  const { name, description, key, order, when, rows, fields, notes } = entity;
  const mode = entity.mode ?? (key.length > 0 ? 'merge' : 'append');
  const lines = [
    ...notes.map((note) => `// ${note}`),
    `const ${constant} = defineEntity({`,
    `  name: ${quoted(name)},`,
    `  description: ${quoted(description)},`,
    `  mode: '${mode}',`,
    ...(key.length > 0 ? [`  key: [${key.map(quoted).join(', ')}],`] : []),
    ...(order.length > 0 ? [`  order: [${order.map(quoted).join(', ')}],`] : []),
    ...(when ? [`  when: { ${keyText(when.field)}: ${quoted(when.value)} },`] : []),
    ...(rows ? rowsLines(rows, key.length > 0) : []),
    '  schema: z.object({',
    ...renderFields(fields, '    '),
    '  }),',
    '});',
  ];
  return lines.join('\n');
}

function rowsLines(rows: DraftRows, isMerged: boolean): string[] {
  if (rows.by === 'value')
    return ['  // records are single values, not objects', '  rows: (record) => [{ value: record }],'];
  if (rows.by === 'each') return rows.isOptional ? optionalList(rows) : eachLines(rows, isMerged);
  if (rows.by === 'columns') {
    return [
      '  // a table that is written column by column',
      '  rows: (record) => {',
      `    const columns = ${cast('record', rows.path, 'Record<string, unknown[]>')};`,
      '    const [first = []] = Object.values(columns);',
      '    return first.map((_, at) =>',
      '      Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values[at]])),',
      '    );',
      '  },',
    ];
  }
  const own =
    /^[a-z_]\w*$/.test(rows.name) && !['members', 'items', 'item', 'member'].includes(rows.name) ? rows.name : 'own';
  const pair = own === rows.name ? own : `${keyText(rows.name)}: own`;
  const isList = rows.by === 'lists';
  return [
    '  rows: (record) => {',
    `    const members = ${cast('record', rows.path, `Record<string, object${isList ? '[]' : ''}>`)};`,
    ...(isList
      ? listLines(own, pair)
      : [`    return Object.entries(members).map(([${own}, member]) => ({ ${pair}, ...member }));`]),
    '  },',
  ];
}

function listLines(own: string, pair: string): string[] {
  const line = `    return Object.entries(members).flatMap(([${own}, items]) => items.map((item) => ({ ${pair}, ...item })));`;
  if (line.length <= lineWidth) return [line];
  return [
    `    return Object.entries(members).flatMap(([${own}, items]) =>`,
    `      items.map((item) => ({ ${pair}, ...item })),`,
    '    );',
  ];
}

function eachLines({ list, with: added, index }: Extract<DraftRows, { by: 'each' }>, isMerged: boolean): string[] {
  const pairs = added.map(([field, path]) => `${keyText(field)}: ${quoted(pathText(path))}`).join(', ');
  const all = `  rows: { each: ${quoted(pathText(list))}, with: { ${pairs} }, index: ${quoted(index)}${isMerged ? ', replace: true' : ''} },`;
  if (all.length <= lineWidth) return [all];
  return [
    '  rows: {',
    `    each: ${quoted(pathText(list))},`,
    `    with: { ${pairs} },`,
    `    index: ${quoted(index)},`,
    ...(isMerged ? ['    replace: true,'] : []),
    '  },',
  ];
}

/** a list that not every record has */
function optionalList({ list, with: added, index }: Extract<DraftRows, { by: 'each' }>): string[] {
  const carried = added.map(([field, path]) => `        ${keyText(field)}: ${read('parent', path)},`);
  return [
    '  // not every record has the list',
    '  rows: (record) => {',
    '    const parent = record as Record<string, unknown>;',
    `    const items = (${read('parent', list)} ?? []) as object[];`,
    '    return items.map((item, at) => ({',
    ...carried.map((line) => line.slice(2)),
    `      ${keyText(index)}: at,`,
    '      ...item,',
    '    }));',
    '  },',
  ];
}

function cast(name: string, path: string[], type: string): string {
  const inner = path.reduceRight((of, step) => `{ ${keyText(step)}: ${of} }`, type);
  return `(${name} as ${inner})${path.map(member).join('')}`;
}

/** `(parent['a'] as Record<string, unknown> | undefined)?.['b']` */
function read(name: string, path: string[]): string {
  return path.reduce(
    (of, step, at) =>
      at === 0 ? `${of}[${quoted(step)}]` : `(${of} as Record<string, unknown> | null | undefined)?.[${quoted(step)}]`,
    name,
  );
}

const member = (name: string) => (/^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${quoted(name)}]`);
