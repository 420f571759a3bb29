import type { FieldDef } from 'pg';
import { fullName } from './sql/long-names.js';

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
/** what the driver calls the precision of types that have none of their own */
const widths: Record<number, number> = {
  16: 1,
  17: 64_000,
  20: 19,
  21: 5,
  23: 10,
  26: 10,
  700: 8,
  701: 17,
  1082: 13,
  1083: 15,
  1114: 29,
  1184: 35,
  1266: 21,
  3802: 0,
};
const scales: Record<number, number> = { 700: 8, 701: 17, 1083: 6, 1114: 6, 1184: 6, 1266: 6 };
const integers = new Set([20, 21, 23, 26]);
const texts = new Set([18, 19, 25, 705, 1042, 1043]);

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

/** one value as text in CSV; NULL is an empty field, an empty text is quoted */
export function csvField(value: string | null, oid: number): string {
  if (value === null) return '';
  const text = oid === 16 ? String(value === 't') : oid === 3802 ? compactJson(value) : value;
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** white space outside of strings goes, digits stay */
export function compactJson(text: string): string {
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

const modified = (field: Pick<FieldDef, 'dataTypeModifier'>) => field.dataTypeModifier - 4;

/** precision as the driver reports it: digits of numbers, bytes of texts */
export function precisionOf(field: Pick<FieldDef, 'dataTypeID' | 'dataTypeModifier'>): number {
  const modifier = modified(field);
  if (field.dataTypeID === 1700) return modifier > 0 ? (modifier >> 16) & 0xff_ff : 38;
  if (texts.has(field.dataTypeID)) return modifier > 0 ? modifier : 65_535;
  return widths[field.dataTypeID] ?? 0;
}

export function columnMetadata(
  field: Pick<FieldDef, 'name' | 'dataTypeID' | 'dataTypeModifier'>,
  origin: Origin | undefined,
): Column {
  const oid = field.dataTypeID;
  return {
    name: fullName(field.name),
    label: fullName(field.name),
    typeName: names[oid] ?? 'varchar',
    nullable: origin?.notNull ? 0 : 1,
    precision: precisionOf(field),
    scale: oid === 1700 ? (modified(field) > 0 ? modified(field) & 0x7_ff : 0) : (scales[oid] ?? 0),
    length: 0,
    isCaseSensitive: texts.has(oid),
    isCurrency: false,
    isSigned: integers.has(oid) || oid === 1700 || oid === 700 || oid === 701,
    schemaName: fullName(origin?.schema ?? ''),
    tableName: fullName(origin?.table ?? ''),
  };
}
