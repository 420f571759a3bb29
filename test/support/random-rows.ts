import fc from 'fast-check';
import type { Column, ColumnType } from '../../model/columns.js';

/** a value as records hold it, and as every reader of the file sees it */
interface Sample {
  value: unknown;
  stored: string | number | boolean | null;
}

export interface RandomFile {
  columns: Column[];
  rows: Sample[][];
}

const digits = (length: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: length }).map((all) => all.join(''));

const bounded = (min: number, max: number) => fc.oneof(fc.constantFrom(min, max, 0, -1), fc.integer({ min, max }));

/** days since 1970, from year 1 to 9999 */
const day = bounded(-719_162, 2_932_896);

const isoDay = (days: number) => {
  const iso = new Date(days * 86_400_000).toISOString();
  return iso.slice(0, iso.indexOf('T'));
};

const pad = (value: number, length: number) => String(value).padStart(length, '0');

const time = fc
  .record({
    days: fc.oneof(fc.constantFrom(-719_161, 2_932_895), bounded(-719_161, 2_932_895)),
    micros: fc.integer({ min: 0, max: 86_399_999_999 }),
    offset: fc.constantFrom(0, 0, 60, -330, 845),
    decimals: fc.constantFrom(0, 3, 6, 6, 9),
  })
  .map(({ days, micros, offset, decimals }): Sample => {
    const unit = decimals === 0 ? 1_000_000 : decimals === 3 ? 1000 : 1;
    const kept = micros - (micros % unit);
    const seconds = Math.floor(kept / 1_000_000);
    const fraction = pad(kept % 1_000_000, 6)
      .padEnd(9, '0')
      .slice(0, decimals);
    const clock = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map((n) => pad(n, 2));
    const zone =
      offset === 0
        ? 'Z'
        : `${offset < 0 ? '-' : '+'}${pad(Math.floor(Math.abs(offset) / 60), 2)}:${pad(Math.abs(offset) % 60, 2)}`;
    const instant = BigInt(days) * 86_400_000_000n + BigInt(kept) - BigInt(offset) * 60_000_000n;
    return {
      value: `${isoDay(days)}T${clock.join(':')}${fraction && `.${fraction}`}${zone}`,
      stored: String(instant),
    };
  });

const text = fc
  .oneof(
    fc.string({ unit: 'grapheme', maxLength: 60 }),
    fc.constantFrom('', ' ', '–', '宇宙', '👩‍🚀', '"quoted"\\', '\u{10FFFF}', '\uFEFFbom', 'line\nend'),
  )
  .filter((value) => !value.includes('\0') && value.isWellFormed());

function decimal(precision: number, scale: number): fc.Arbitrary<Sample> {
  const whole = precision - scale > 0 ? digits(precision - scale) : fc.constant('0');
  const fraction = scale > 0 ? fc.oneof(fc.constant('9'.repeat(scale)), digits(scale)) : fc.constant('');
  return fc
    .tuple(fc.boolean(), fc.oneof(fc.constant('9'.repeat(precision - scale) || '0'), whole), fraction)
    .map(([minus, whole, fraction]) => {
      const unscaled = BigInt(whole + fraction.padEnd(scale, '0'));
      return {
        value: `${minus ? '-' : ''}${whole}${fraction && `.${fraction}`}`,
        stored: String(minus ? -unscaled : unscaled),
      };
    });
}

const plain = <T extends string | number | boolean>(values: fc.Arbitrary<T>, stored: (value: T) => Sample['stored']) =>
  values.map((value): Sample => ({ value, stored: stored(value) }));

function sampleOf(type: ColumnType): fc.Arbitrary<Sample> {
  switch (type.kind) {
    case 'smallint':
      return plain(bounded(-32_768, 32_767), String);
    case 'integer':
      return plain(bounded(-2_147_483_648, 2_147_483_647), String);
    case 'bigint':
      return fc.oneof(
        plain(bounded(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER), String),
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => ({ value, stored: String(value) })),
      );
    case 'double':
      return plain(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => value);
    case 'boolean':
      return plain(fc.boolean(), (value) => value);
    case 'date':
      return day.map((days) => ({ value: isoDay(days), stored: String(days) }));
    case 'timestamp':
    case 'timestamptz':
      return time;
    case 'decimal':
      return decimal(type.precision, type.scale);
    case 'varchar':
      return plain(text, (value) => value);
    case 'super':
      return fc
        .array(fc.oneof(text, fc.integer(), fc.constant(null), fc.record({ a: fc.boolean(), b: text })), {
          maxLength: 4,
        })
        .map((value) => ({ value, stored: JSON.stringify(value) }));
  }
}

const columnType: fc.Arbitrary<ColumnType> = fc.oneof(
  fc
    .constantFrom('smallint', 'integer', 'bigint', 'double', 'boolean', 'date', 'timestamp', 'timestamptz', 'super')
    .map((kind): ColumnType => ({ kind })),
  fc.constant<ColumnType>({ kind: 'varchar', bytes: 65_535 }),
  fc
    .tuple(fc.constantFrom(1, 9, 10, 18, 19, 38), fc.constantFrom(0, 2, 37))
    .map(([precision, scale]): ColumnType => ({ kind: 'decimal', precision, scale: Math.min(scale, precision) })),
);

/** a random entity and rows for it */
export const randomFile: fc.Arbitrary<RandomFile> = fc
  .array(fc.tuple(columnType, fc.boolean()), { minLength: 1, maxLength: 8 })
  .chain((types) => {
    const columns = types.map(([type, nullable], at): Column => ({ name: `c${at}`, path: [`c${at}`], type, nullable }));
    const row = fc.tuple(
      ...columns.map(({ type, nullable }) =>
        nullable ? fc.option(sampleOf(type), { nil: { value: null, stored: null }, freq: 3 }) : sampleOf(type),
      ),
    );
    return fc.array(row, { maxLength: 40, minLength: 1 }).map((rows) => ({ columns, rows }));
  });
