import type { z } from 'zod';
import type { ColumnType } from '../model/columns.js';

interface StringTests {
  tests: string[];
  /** of a text in a time's column: tests that `fastMicros` makes needless */
  timeTests?: string[];
  mayHaveOffset: boolean;
}

const patterned = new Set(['datetime', 'date', 'regex', 'uuid', 'guid']);

/** what zod checks of a string, as code; undefined where there is a check that has none here */
export function stringTests(
  def: z.core.$ZodStringDef & Partial<z.core.$ZodStringFormatDef>,
  value: string,
  kind: ColumnType['kind'] | undefined,
  constant: (value: unknown) => string,
): StringTests | undefined {
  if (def.coerce) return undefined;
  const isTime = kind === 'timestamp' || kind === 'timestamptz';
  const tests = [`typeof ${value} === 'string'`];
  const timeTests: string[] = [];
  let mayHaveOffset = true;
  for (const check of [...(def.format ? [def] : []), ...(def.checks ?? []).map((each) => each._zod.def)]) {
    const { format, pattern, minimum, maximum, precision, local, offset } = check as Partial<StringChecks>;
    // lengths count code points: one or two units each
    if (check.check === 'min_length' && minimum !== undefined) {
      tests.push(`${value}.length >= ${Math.max(0, minimum * 2 - 1)}`);
    } else if (check.check === 'max_length' && maximum !== undefined) {
      tests.push(`${value}.length <= ${maximum}`);
    } else if (
      check.check === 'string_format' &&
      patterned.has(format ?? '') &&
      pattern &&
      !/[gy]/.test(pattern.flags)
    ) {
      const test = `${constant(pattern)}.test(${value})`;
      // what `fastMicros` takes is a time for zod too, unless the schema wants a certain precision
      const isAnyTime = isTime && format === 'datetime' && typeof precision !== 'number' && !local;
      (isAnyTime ? timeTests : tests).push(test);
      if (isAnyTime && !offset) mayHaveOffset = false;
    } else return undefined;
  }
  return { tests, mayHaveOffset, ...(isTime && { timeTests }) };
}

interface StringChecks {
  format: string;
  pattern: RegExp;
  minimum: number;
  maximum: number;
  precision: number | null;
  local: boolean;
  offset: boolean;
}
