import { expect, test } from 'vitest';
import { binaryColumn } from '../../copy/binary-columns.js';

const epochOfPostgres = Date.UTC(2000, 0, 1) * 1000;
const julianDay = (iso: string) => BigInt(Date.parse(iso) / 86_400_000) + 2_440_588n;

test.each([
  ['2022-11-24', 37_800_000_001_999n, '2022-11-24T10:30:00Z', 1],
  ['1969-12-31', 0n, '1969-12-31T00:00:00Z', 0],
])('INT96 of %s is a timestamp to the microsecond', (day, nanos, iso, micros) => {
  const column = {
    name: 't',
    type: 'timestamp without time zone',
    bytes: 0,
    superText: 0,
    precision: 0,
    scale: 0,
    nullable: true,
  };
  const writer = binaryColumn({ name: 't', type: 'INT96' }, column, false);
  const bytes = new Uint8Array(12);
  const page = { start: 0, rows: 1, values: [(julianDay(day) << 64n) | nanos] };
  writer?.write({ page, from: 0, to: 1, row: 0 }, new DataView(bytes.buffer), new Int32Array(1));
  expect(Number(new DataView(bytes.buffer).getBigInt64(4))).toBe(Date.parse(iso) * 1000 - epochOfPostgres + micros);
});
