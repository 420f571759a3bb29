import type { FieldDef } from 'pg';
import type { SchemaElement } from 'hyparquet';

export interface ResultColumn {
  name: string;
  /** as a verbose manifest names the type */
  base: string;
  /** of text: a delimiter in it is quoted or escaped */
  isText: boolean;
  isJson: boolean;
  element: SchemaElement;
  /** PostgreSQL's text -> what the Parquet writer takes */
  value: (text: string) => unknown;
}

type Kind = Omit<ResultColumn, 'name' | 'element'> & { element: Omit<SchemaElement, 'name'> };

const utf8 = { type: 'BYTE_ARRAY', converted_type: 'UTF8' } as const;
const asIs = (text: string) => text;

const kinds: Record<number, Kind> = {
  16: { base: 'boolean', isText: false, isJson: true, element: { type: 'BOOLEAN' }, value: (text) => text === 't' },
  21: {
    base: 'smallint',
    isText: false,
    isJson: true,
    element: { type: 'INT32', converted_type: 'INT_16' },
    value: Number,
  },
  23: { base: 'integer', isText: false, isJson: true, element: { type: 'INT32' }, value: Number },
  20: { base: 'bigint', isText: false, isJson: true, element: { type: 'INT64' }, value: BigInt },
  700: { base: 'real', isText: false, isJson: true, element: { type: 'FLOAT' }, value: Number },
  701: { base: 'double precision', isText: false, isJson: true, element: { type: 'DOUBLE' }, value: Number },
  25: { base: 'character varying', isText: true, isJson: false, element: utf8, value: asIs },
  1042: { base: 'character', isText: true, isJson: false, element: utf8, value: asIs },
  1043: { base: 'character varying', isText: true, isJson: false, element: utf8, value: asIs },
  1082: { base: 'date', isText: false, isJson: false, element: { type: 'INT32', converted_type: 'DATE' }, value: days },
  1114: {
    base: 'timestamp without time zone',
    isText: false,
    isJson: false,
    element: { type: 'INT64', converted_type: 'TIMESTAMP_MICROS' },
    value: micros,
  },
  1184: {
    base: 'timestamp with time zone',
    isText: false,
    isJson: false,
    element: { type: 'INT64', converted_type: 'TIMESTAMP_MICROS' },
    value: micros,
  },
  3802: { base: 'super', isText: true, isJson: true, element: utf8, value: asIs },
  17: {
    base: 'binary varying',
    isText: false,
    isJson: false,
    element: { type: 'BYTE_ARRAY' },
    value: (text) => Buffer.from(text.slice(2), 'hex'),
  },
};
const numericOid = 1700;

/** how a column of the result is written; a type that Redshift does not unload is refused */
export function resultColumn({ name, dataTypeID, dataTypeModifier }: FieldDef): ResultColumn {
  const common = { repetition_type: 'OPTIONAL' as const, name };
  if (dataTypeID === numericOid) {
    const modifier = dataTypeModifier - 4;
    const [precision, scale] = modifier > 0 ? [(modifier >> 16) & 0xffff, modifier & 0x7ff] : [38, 10];
    const storage =
      precision > 18 ? ({ type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16 } as const) : ({ type: 'INT64' } as const);
    const element = { ...common, ...storage, converted_type: 'DECIMAL' as const, precision, scale };
    return { name, base: 'numeric', isText: false, isJson: true, element, value: (text) => unscaled(text, scale) };
  }
  // a literal without a type is text
  const kind = kinds[dataTypeID === 705 ? 25 : dataTypeID];
  if (!kind) throw new Error(`UNLOAD of column ${name}: its type is not honoured here: cast it to VARCHAR`);
  return { ...kind, name, element: { ...common, ...kind.element } };
}

function unscaled(text: string, scale: number): bigint {
  const [whole = '', fraction = ''] = text.split('.');
  const digits = BigInt(`${whole}${fraction.slice(0, scale).padEnd(scale, '0')}`.replace('-', ''));
  return text.startsWith('-') ? -digits : digits;
}

function days(text: string): number {
  return Math.floor(Date.parse(`${text}T00:00:00Z`) / 86_400_000);
}

function micros(text: string): bigint {
  const [, seconds = '', fraction = ''] = /^(.{19})(?:\.(\d+))?/.exec(text) ?? [];
  return BigInt(Date.parse(`${seconds.replace(' ', 'T')}Z`)) * 1000n + BigInt(fraction.padEnd(6, '0').slice(0, 6));
}
