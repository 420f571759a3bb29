import type { Kind } from './parquet-kinds.js';

/** a value of a Parquet column as SUPER holds it; integers keep every digit */
export function jsonText(value: unknown, kind?: Kind): string {
  if (kind?.name === 'date') return JSON.stringify(new Date(Number(value) * 86_400_000).toISOString().slice(0, 10));
  if (kind?.name === 'timestamp') return JSON.stringify(micros((value as bigint) * BigInt(kind.factor)));
  if (kind?.name === 'numeric') return decimal(value, kind.scale);
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString('hex'));
  if (Array.isArray(value)) return `[${value.map((item) => jsonText(item)).join(',')}]`;
  if (value instanceof Date || typeof value !== 'object') return JSON.stringify(value);
  const fields = Object.entries(value).map(([name, field]) => `${JSON.stringify(name)}:${jsonText(field)}`);
  return `{${fields.join(',')}}`;
}

function micros(value: bigint): string {
  const part = ((value % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const seconds = new Date(Number((value - part) / 1000n)).toISOString().slice(0, 19).replace('T', ' ');
  return part === 0n ? seconds : `${seconds}.${String(part).padStart(6, '0').replace(/0+$/, '')}`;
}

function decimal(value: unknown, scale: number): string {
  const unscaled =
    value instanceof Uint8Array
      ? BigInt.asIntN(value.length * 8, BigInt(`0x${Buffer.from(value).toString('hex') || '0'}`))
      : BigInt(value as bigint | number);
  const text = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  const split = text.length - scale;
  return `${unscaled < 0n ? '-' : ''}${text.slice(0, split)}${scale > 0 ? `.${text.slice(split)}` : ''}`;
}
