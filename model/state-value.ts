/** plain data that a source hands from one interval to the next: in its extract manifest */
export type SourceState = Record<string, unknown>;

/** one value of the state of an `http` source: the greatest at this place of its records, by number or by text */
export interface StateValue {
  at: string;
  /** in the first interval; what names the value is left out of the request when absent */
  initial?: string | number;
}

/** of texts and numbers; others are passed by */
export function greatest(values: unknown[]): string | number | undefined {
  const fit = values.filter((one) => typeof one === 'string' || typeof one === 'number');
  return fit.reduce<string | number | undefined>(
    (most, one) => (most === undefined || isAbove(one, most) ? one : most),
    undefined,
  );
}

const isWhole = (value: string | number) => /^-?\d+$/.test(String(value));

function isAbove(a: string | number, b: string | number): boolean {
  if (typeof a === 'number' && typeof b === 'number') return a > b;
  // ids that JavaScript cannot hold come as texts
  if (isWhole(a) && isWhole(b)) return BigInt(a) > BigInt(b);
  return String(a) > String(b);
}
