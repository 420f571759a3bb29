/** consecutive rows of a column as a page of the file holds them */
export interface Page {
  /** the first of its rows */
  start: number;
  rows: number;
  /** those that are there, or the words of a dictionary */
  values: Values;
  /** which of the values a row has, -1 for none; without it, each its own */
  places?: Int32Array;
}

export type Values = ArrayLike<unknown> | Texts;

/** byte strings in the bytes that hold them */
export interface Texts {
  view: DataView;
  starts: Int32Array;
  lengths: Int32Array;
}

export const isTexts = (values: Values): values is Texts => 'starts' in values;

/** of a column of texts; a page whose rows are all NULL may hold none */
export function textsIn(values: Values): Texts {
  if (isTexts(values)) return values;
  if (values.length > 0) throw new Error(`a page of texts was read as ${values.constructor.name}`);
  return textsOf([]);
}

export const textAt = ({ view, starts, lengths }: Texts, place: number): Uint8Array =>
  new Uint8Array(view.buffer, view.byteOffset + (starts[place] ?? 0), lengths[place] ?? 0);

/** the texts of an encoding that gives each its own bytes */
export function textsOf(values: Uint8Array[]): Texts {
  const lengths = Int32Array.from(values, ({ length }) => length);
  const starts = new Int32Array(values.length);
  let end = 0;
  for (const [at, length] of lengths.entries()) {
    starts[at] = end;
    end += length;
  }
  const bytes = new Uint8Array(end);
  for (const [at, value] of values.entries()) bytes.set(value, starts[at]);
  return { view: new DataView(bytes.buffer), starts, lengths };
}

/** plain texts: each behind the number of its bytes */
export function plainTexts(view: DataView, from: number, count: number): Texts {
  const starts = new Int32Array(count);
  const lengths = new Int32Array(count);
  let next = from;
  for (let at = 0; at < count; at++) {
    const length = view.getUint32(next, true);
    starts[at] = next + 4;
    lengths[at] = length;
    next += 4 + length;
  }
  return { view, starts, lengths };
}
