import { z } from 'zod';

/** what zod checks of a number, as code; undefined where there is a check that has none here */
export function numberTests(def: z.core.$ZodNumberDef & { format?: string }, value: string): string[] | undefined {
  if (def.coerce) return undefined;
  const tests = [`typeof ${value} === 'number'`, `${value} - ${value} === 0`];
  for (const check of [...(def.format ? [def] : []), ...(def.checks ?? []).map((each) => each._zod.def)]) {
    const bound = check as { check?: string; format?: string; value?: unknown; inclusive?: boolean };
    const range = z.core.util.NUMBER_FORMAT_RANGES[bound.format as z.core.$ZodNumberFormats];
    const equal = bound.inclusive ? '=' : '';
    if (bound.check === 'number_format' && range) {
      if (bound.format?.includes('int')) tests.push(`Number.isSafeInteger(${value})`);
      tests.push(`${value} >= ${range[0]}`, `${value} <= ${range[1]}`);
    } else if (bound.check === 'greater_than' && typeof bound.value === 'number') {
      tests.push(`${value} >${equal} ${bound.value}`);
    } else if (bound.check === 'less_than' && typeof bound.value === 'number') {
      tests.push(`${value} <${equal} ${bound.value}`);
    } else return undefined;
  }
  return tests;
}
