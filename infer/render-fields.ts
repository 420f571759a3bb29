import type { Draft, DraftField } from './draft.js';

/** letters of a line, as the formatter has it */
export const lineWidth = 120;

/** what definitions say in short; only those that are used are written */
const helpers: Record<string, string> = {
  text: 'const text = (bytes: number) => z.string().meta({ bytes });',
  decimal: 'const decimal = (precision: number, scale: number) => z.string().meta({ decimal: [precision, scale] });',
  exact: 'const exact = (precision: number, scale: number) => z.number().meta({ decimal: [precision, scale] });',
  time: 'const time = () => z.iso.datetime();',
  offsetTime: 'const offsetTime = () => z.iso.datetime({ offset: true });',
  localTime: 'const localTime = () => z.iso.datetime({ local: true });',
  seconds: 'const seconds = () => z.number().meta({ epochSeconds: true });',
  millis: 'const millis = () => z.int().meta({ epochMillis: true });',
  list: 'const list = () => z.array(z.unknown());',
  record: 'const record = () => z.record(z.string(), z.unknown());',
  anything: 'const anything = () => z.unknown().meta({ super: true });',
  leftOut: 'const leftOut = z.unknown().optional().meta({ column: false });',
};

/** the lines of the helpers that a definition uses */
export function helpersFor(text: string): string[] {
  const isUsed = (name: string) => new RegExp(name === 'leftOut' ? `: ${name},` : `: ${name}\\(`).test(text);
  return Object.entries(helpers).flatMap(([name, line]) => (isUsed(name) ? [line] : []));
}

const calls: Partial<Record<Draft['kind'], string>> = {
  boolean: 'z.boolean()',
  int32: 'z.int32()',
  int: 'z.int()',
  number: 'z.number()',
  date: 'z.iso.date()',
  utcTime: 'time()',
  offsetTime: 'offsetTime()',
  localTime: 'localTime()',
  epochSeconds: 'seconds()',
  epochMillis: 'millis()',
  list: 'list()',
  record: 'record()',
  anything: 'anything()',
};

/** the fields of an object, a line each, with what was guessed behind it */
export function renderFields(fields: DraftField[], indent: string): string[] {
  return fields.flatMap((field) => renderField(field, indent));
}

/** `name: text(64).nullish(), // 3 to 24 bytes` */
export function renderField({ name, draft, isNullable, isOptional, column }: DraftField, indent: string): string[] {
  const begin = `${indent}${keyText(name)}: `;
  if (draft.kind === 'leftOut') return withNote(`${begin}leftOut,`, draft.note, indent);
  const may = isNullable && isOptional ? '.nullish()' : isNullable ? '.nullable()' : isOptional ? '.optional()' : '';
  if (draft.kind === 'object') {
    const inner = renderFields(draft.fields, `${indent}${may ? '    ' : '  '}`);
    if (!may) return [`${begin}z.object({`, ...inner, `${indent}}),`];
    return [`${begin}z`, `${indent}  .object({`, ...inner, `${indent}  })`, `${indent}  ${may},`];
  }
  const renamed = column === undefined ? '' : `.meta({ column: ${quoted(column)} })`;
  return withNote(
    `${begin}${callOf(draft)}${draft.kind === 'anything' ? '.nullish()' : may}${renamed},`,
    draft.note,
    indent,
  );
}

function callOf(draft: Exclude<Draft, { kind: 'object' }>): string {
  if (draft.kind === 'text') return `text(${draft.bytes})`;
  if (draft.kind === 'decimal')
    return `${draft.of === 'text' ? 'decimal' : 'exact'}(${draft.precision}, ${draft.scale})`;
  return calls[draft.kind] ?? 'anything()';
}

function withNote(line: string, note: string, indent: string): string[] {
  if (note === '') return [line];
  const told = plain(note);
  if (`${line} // ${told}`.length <= lineWidth) return [`${line} // ${told}`];
  return [`${indent}// ${told}`.slice(0, lineWidth).trimEnd(), line];
}

/** a comment is one line */
const plain = (text: string) => text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ').trim();

/** a text in single quotes, as the formatter writes it */
export function quoted(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
  const isDouble = inner.includes("'") && !inner.includes('\\"');
  if (isDouble) return `"${inner}"`;
  return `'${inner.replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/** a property's name; `__proto__` in quotes would set the prototype */
export function keyText(name: string): string {
  if (name === '__proto__') return "['__proto__']";
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name);
}
