/** numbers of a record that a double rounds: where they stand, as a JSON pointer, to their digits */
export type Digits = ReadonlyMap<string, string>;

/** a value nested deeper than this is never stored */
export const maxDepth = 1_000;

/** a key within a JSON pointer */
export function pointerName(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** longest JSON text of a SUPER column, bytes: Redshift's limit of SUPER, and of VARBYTE */
export const maxSuperBytes = 16_777_216;

/** longest text within SUPER, bytes; a database may opt in to more, which is not counted on */
export const maxSuperTextBytes = 65_535;
