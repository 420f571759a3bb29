/** numbers of a record that a double rounds: where they stand, as a JSON pointer, to their digits as written */
export type Digits = ReadonlyMap<string, string>;

/** a value nested deeper than this is never stored */
export const maxDepth = 1_000;

/** a key within a JSON pointer */
export function pointerName(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** longest JSON text of a SUPER column, bytes: Redshift's limit of SUPER, and of VARBYTE */
export const maxSuperBytes = 16_777_216;

/** longest text or name within SUPER, bytes */
export const maxSuperTextBytes = 65_535;
/** the same in a database that has opted in (`enable_large_strings_opt_in`) */
export const maxLargeSuperTextBytes = 16_000_000;

export function pointerTo(path: readonly string[]): string {
  return path.map((name) => `/${pointerName(name)}`).join('');
}

/** the names on the way of a JSON pointer */
export function namesOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** a number written so comes as a bigint; with a fraction or an exponent it is the source's double */
export function isInteger(digits: string): boolean {
  return /^-?\d+$/.test(digits);
}

/** the digits of a value that is still the number as it came: not one that a transform made */
export function digitsOf(value: unknown, at: string, digits: Digits | undefined): string | undefined {
  const text = digits?.get(at);
  return text !== undefined && Number(text) === Number(value) ? text : undefined;
}
