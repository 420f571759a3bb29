import type { FieldDef } from 'pg';

const names: Record<number, string> = {
  16: 'bool',
  17: 'varbyte',
  20: 'int8',
  21: 'int2',
  23: 'int4',
  25: 'varchar',
  26: 'oid',
  700: 'float4',
  701: 'float8',
  1042: 'bpchar',
  1043: 'varchar',
  1082: 'date',
  1083: 'time',
  1114: 'timestamp',
  1184: 'timestamptz',
  1266: 'timetz',
  1186: 'interval',
  1700: 'numeric',
  3802: 'super',
  705: 'varchar',
  19: 'name',
};
const widths: Record<number, number> = { 16: 1, 20: 19, 21: 5, 23: 10, 700: 8, 701: 17, 1082: 13, 1114: 29, 1184: 35 };
const integers = new Set([20, 21, 23, 26]);

/** one value as the Data API's JSON; digits stay as PostgreSQL wrote them */
export function fieldJson(value: string | null, oid: number): string {
  if (value === null) return '{"isNull":true}';
  if (integers.has(oid)) return `{"longValue":${value}}`;
  if (oid === 16) return `{"booleanValue":${value === 't'}}`;
  if (oid === 700 || oid === 701)
    return `{"doubleValue":${/^-?(\d|\.)/.test(value) ? Number(value) : JSON.stringify(value)}}`;
  if (oid === 17) return `{"blobValue":"${Buffer.from(value.slice(2), 'hex').toString('base64')}"}`;
  return `{"stringValue":${JSON.stringify(oid === 3802 ? compactJson(value) : value)}}`;
}

/** white space outside of strings goes, digits stay */
function compactJson(text: string): string {
  return text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, (_, literal: string | undefined) => literal ?? '');
}

export interface Column {
  name: string;
  label: string;
  typeName: string;
  nullable: number;
  precision: number;
  scale: number;
  length: number;
  isCaseSensitive: boolean;
  isCurrency: boolean;
  isSigned: boolean;
  schemaName: string;
  tableName: string;
}

export interface Origin {
  schema: string;
  table: string;
  notNull: boolean;
}

export function columnMetadata(field: FieldDef, origin: Origin | undefined): Column {
  const oid = field.dataTypeID;
  const modifier = field.dataTypeModifier - 4;
  const isText = oid === 1042 || oid === 1043 || oid === 25;
  const length = isText ? (modifier > 0 ? modifier : 65_535) : 0;
  const isNumeric = oid === 1700;
  return {
    name: field.name,
    label: field.name,
    typeName: names[oid] ?? 'varchar',
    nullable: origin?.notNull ? 0 : 1,
    precision: isNumeric ? (modifier > 0 ? (modifier >> 16) & 0xff_ff : 38) : isText ? length : (widths[oid] ?? 0),
    scale: isNumeric && modifier > 0 ? modifier & 0x7_ff : 0,
    length,
    isCaseSensitive: isText,
    isCurrency: false,
    isSigned: integers.has(oid) || isNumeric || oid === 700 || oid === 701,
    schemaName: origin?.schema ?? '',
    tableName: origin?.table ?? '',
  };
}
