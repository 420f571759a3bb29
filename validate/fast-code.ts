import { z } from 'zod';
import type { Column } from '../model/columns.js';
import type { Encode } from './encode.js';
import { isObject, unknownFields } from './field-watch.js';
import type { Known } from '../columns/known-fields.js';
import { isInherited, namesWithin } from './own-names.js';
import { stringTests } from './string-tests.js';
import { valueAt } from '../model/value-at.js';

/** what the pieces of the generated code need of each other */
export interface Writer {
  /** an expression for a value that is handed in */
  constant(value: unknown): string;
  local(): string;
  encoder(column: Column): Encode;
  columns: Map<string, Place>;
  /** within a value that is stored as it stands: nothing in it may be converted */
  isStored: boolean;
  /** what is done about a field that the schema does not declare and zod would strip */
  onUnknown: string;
}

interface Place {
  column: Column;
  at: number;
}

/** a time is read by hand where that is proof enough; other texts of one are left to the schema's own pattern */
export function string(
  def: z.core.$ZodStringDef & Partial<z.core.$ZodStringFormatDef>,
  value: string,
  column: Column | undefined,
  to: Writer,
  store: (expression?: string) => string,
): string | undefined {
  const found = stringTests(def, value, column?.type.kind, to.constant);
  if (!found) return undefined;
  const { tests, timeTests, mayHaveOffset } = found;
  if (column?.type.kind === 'varchar') {
    tests.push(`fits(${value}, ${column.type.bytes}, isPlain)`);
    return `${unless(tests.join(' && '))} ${store(value)}`;
  }
  const isCounted = column?.type.kind === 'timestamp' && column.type.epoch !== undefined;
  if (!timeTests || isCounted) return `${unless(tests.join(' && '))} ${store()}`;
  const micros = to.local();
  return `${unless(tests.join(' && '))} const ${micros} = fastMicros(${value}, ${mayHaveOffset});
if (${micros} === ${micros}) { ${store(micros)} } else { ${unless(timeTests.join(' && ') || 'true')} ${store()} }`;
}

/** code that lets zod decide about a value, and takes the columns from what it makes of it */
export function askZod(
  schema: z.core.$ZodType,
  value: string,
  path: string[],
  known: Known | undefined,
  to: Writer,
): string {
  const checked = to.local();
  const stores = [...to.columns.values()].flatMap(({ column, at }) => {
    if (!path.every((name, index) => column.path[index] === name)) return [];
    const rest = column.path.slice(path.length);
    const encode = to.encoder({ ...column, nullable: true });
    return [`a${at} = ${to.constant((data: unknown) => encode(valueAt(data, rest)))}(${checked}.data);`];
  });
  const names = namesWithin(schema);
  if (names === 'inherited') return 'return false;';
  const dropped = names === 'free' ? unless(`!hasProto(${value})`) : '';
  const compiled = z.compile(schema);
  const ask = to.constant((input: unknown) => z.safeParse(compiled, input));
  return `${dropped} ${refuseUnknown(value, known, to)} const ${checked} = ${ask}(${value}); ${unless(`${checked}.success`)} ${stores.join(' ')}`;
}

/** unknown fields anywhere in a value whose fields are not counted here */
export function refuseUnknown(value: string, known: Known | undefined, to: Writer): string {
  if (!known?.fields && !known?.items) return '';
  const any = (input: unknown) => isObject(input) && unknownFields(input, known) !== undefined;
  return `if (${to.constant(any)}(${value})) ${to.isStored ? 'return false;' : to.onUnknown}`;
}

export function ownField(value: string, name: string): string {
  const field = `${value}[${JSON.stringify(name)}]`;
  return isInherited(name) ? `Object.hasOwn(${value}, ${JSON.stringify(name)}) ? ${field} : undefined` : field;
}

export function unless(test: string): string {
  return `if (!(${test})) return false;`;
}
