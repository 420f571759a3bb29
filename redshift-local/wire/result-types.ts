import { compactJson } from '../records.js';
import { fullName } from '../sql/long-names.js';
import { dataRow, formatAt, valuesOf, type Field } from './server-messages.js';

/** PostgreSQL's types that Redshift knows by another number */
const numbers: Record<number, number> = { 25: 1043, 705: 1043, 3802: 4000, 17: 6551 };
const own: Record<number, number> = { 4000: 3802, 6551: 17 };

/** types made here, as HLLSKETCH: Redshift's drivers show it as text */
const firstOwn = 16_384;

export const shownType = (oid: number) => numbers[oid] ?? (oid < firstOwn ? oid : 1043);
export const ownType = (oid: number) => own[oid] ?? oid;
export const shownField = (field: Field): Field => ({
  ...field,
  name: fullName(field.name),
  dataTypeID: shownType(field.dataTypeID),
});

type Convert = (value: Buffer) => Buffer;

/** SUPER is JSON text in both formats; PostgreSQL puts a version before its binary one */
const superText: Convert = (value) => Buffer.from(compactJson(value.toString()));
const converters: Record<number, [text: Convert, binary: Convert | undefined]> = {
  3802: [superText, (value) => superText(value.subarray(1))],
  // hexadecimal digits, without PostgreSQL's \x
  17: [(value) => value.subarray(2), undefined],
};

/** a DataRow of PostgreSQL as Redshift gives it; undefined: as it is */
export function rowConverter(fields: Field[], formats: number[]): ((row: Buffer) => Buffer) | undefined {
  const all = fields.map(({ dataTypeID }, at) => converters[dataTypeID]?.[formatAt(formats, at) === 1 ? 1 : 0]);
  if (all.every((one) => one === undefined)) return undefined;
  return (row) => dataRow(valuesOf(row).map((value, at) => (value === null ? null : (all[at]?.(value) ?? value))));
}
