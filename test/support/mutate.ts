/** values that parsers and validators judge differently; `@` marks text that JSON.stringify cannot write */
const lists: unknown[][] = [
  [null, '', ' ', 0, -0, 1, -1, 1.5, 90, -90, 90.000_000_1, 181, 255, 256, 32_768, 2_147_483_647, 2_147_483_648],
  [1e15, 9_007_199_254_740_991, 1e308, '@1e400@', '@-1e999@', '@9007199254740993@', '@0.1234567890123456789@', '@-0@'],
  [
    '@738529527931269425@',
    '@-9223372036854775808@',
    '@9223372036854775808@',
    '@9.007199254740993e15@',
    1e18,
    1e21,
    1e-7,
  ],
  ['@4503599627370497.25@', '@1.79E+3@', '@12.50@', '@1e-999999999@', '1E-7', '+1.5', '1e999999999'],
  ['5', ' 5 ', '1e1', '0x10', 'Infinity', 'NaN', '12.345', '12.3', '-0.01', '99999999999999999.99', '12,5', '.5', '5.'],
  [true, false, 'true', [], {}, ['x'], [1, null, [2]], [[]], { id: 'x' }, { length: 3 }, { toString: 'x' }],
  ['2022-11-24T10:00:00.123Z', '2022-11-24T10:00:00Z', '2022-11-24T10:00Z', '2022-11-24T10:00:00.123456Z'],
  ['2022-11-24T10:00:00.1234567Z', '2022-11-24T10:00:00.1234560Z', '2022-11-24T10:00:00.Z', '2022-11-24T10:00:00'],
  ['2022-02-29T00:00:00Z', '2024-02-29T00:00:00Z', '1900-02-29T00:00:00Z', '2000-02-29T00:00:00Z'],
  ['2022-11-24T24:00:00Z', '2022-11-24T10:60:00Z', '2022-11-24T10:00:60Z', '2022-11-24 10:00:00Z'],
  ['2022-11-24T10:00:00+01:00', '2022-11-24T10:00:00.5-00:30', '2022-11-24T10:00:00+24:00', '2022-11-24T10:00:00.12aZ'],
  ['2022-13-01T00:00:00Z', '2022-00-10T00:00:00Z', '2022-04-31T00:00:00Z', '+02022-11-24T10:00:00Z'],
  ['0000-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z', '0001-01-01T00:00:00+01:00', '9999-12-31T23:59:59.999999Z'],
  ['1684-07-28T00:00:00Z', '2255-06-05T23:47:34.740Z', '2255-06-05T23:47:34.741Z', '2256-01-01T00:00:00.000001Z'],
  ['2022-11-24T10:00:00.123z', '２022-11-24T10:00:00Z', '2022-11-24', '2022-02-30', '0000-01-01', '9999-12-31'],
  [
    '–',
    '宇宙',
    '👩‍🚀',
    'é'.repeat(40),
    'x'.repeat(129),
    'x'.repeat(20_000),
    '宇'.repeat(43),
    'a\0b',
    '\uD800',
    'x\uDFFFy',
  ],
  ['"', '\\', '\u2028', '__proto__', 'update', 'create', 'delete', 'bus', 'duty', 'hour'],
];
const weird = lists.flat();

const names = ['extra', '__proto__', 'constructor', 'toString', 'id', 'at', 'length', '', 'a.b', '0', 'é'];

/** a seeded generator of numbers in [0, 1) */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Fields = Record<string, unknown>;

/** a record's JSON text with one to three of its values replaced, removed, added or moved */
export function mutated(text: string, random: () => number): string {
  const copy: unknown = JSON.parse(text);
  const pick = <T>(from: readonly T[]) => from[Math.floor(random() * from.length)] as T;
  const anyValue = () => {
    const value = pick(weird);
    return typeof value === 'object' ? structuredClone(value) : value;
  };
  for (let left = random() < 0.7 ? 1 : 2 + Math.floor(random() * 2); left > 0; left--) {
    const holders = [...objectsIn(copy)];
    const holder = pick(holders);
    if (!holder) break;
    const name = random() < 0.9 ? pick(Object.keys(holder)) : pick(names);
    if (name === undefined) continue;
    const choice = random();
    if (choice < 0.12) Reflect.deleteProperty(holder, name);
    else if (choice < 0.2) reorder(holder);
    else if (choice < 0.25) define(holder, pick(names), anyValue());
    else define(holder, name, anyValue());
  }
  return JSON.stringify(copy).replace(/"@([^"@]+)@"/g, '$1');
}

function* objectsIn(value: unknown): Iterable<Fields> {
  if (typeof value !== 'object' || value === null) return;
  yield value as Fields;
  for (const child of Object.values(value)) yield* objectsIn(child);
}

function reorder(holder: Fields): void {
  const entries = Object.entries(holder).reverse();
  for (const [name] of entries) delete holder[name];
  for (const [name, value] of entries) define(holder, name, value);
}

function define(holder: Fields, name: string, value: unknown): void {
  if (Array.isArray(holder) && name === 'length') return;
  Object.defineProperty(holder, name, { value, enumerable: true, configurable: true, writable: true });
}
