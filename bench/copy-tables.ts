import { createHash } from 'node:crypto';
import * as arrow from 'apache-arrow';
import { Compression, Table as WasmTable, WriterPropertiesBuilder, writeParquet } from 'parquet-wasm';

export interface CopyTable {
  name: string;
  columns: string;
  parquet(): Uint8Array;
}

const rowGroupRows = 131_072;

function parquetOf(columns: Record<string, arrow.Vector>): Uint8Array {
  const properties = new WriterPropertiesBuilder()
    .setCompression(Compression.SNAPPY)
    .setMaxRowGroupSize(rowGroupRows)
    .build();
  return writeParquet(WasmTable.fromIPCStream(arrow.tableToIPC(new arrow.Table(columns), 'stream')), properties);
}

function utf8(rows: number, value: (row: number) => string): arrow.Vector {
  const builder = arrow.makeBuilder({ type: new arrow.Utf8(), nullValues: [null] });
  for (let row = 0; row < rows; row++) builder.append(value(row));
  return builder.finish().toVector();
}

const floats = (rows: number, value: (row: number) => number) =>
  arrow.makeVector(Float64Array.from({ length: rows }, (_, row) => value(row)));

function timestamps(rows: number, value: (row: number) => number): arrow.Vector {
  const micros = BigInt64Array.from({ length: rows }, (_, row) => BigInt(value(row)) * 1000n);
  return arrow.makeVector({
    type: new arrow.TimestampMicrosecond(),
    data: micros,
    length: rows,
    nullCount: 0,
  } as never);
}

const start = Date.UTC(2022, 10, 24, 10);
const hash = (text: string) => createHash('md5').update(text).digest('hex');

/** a table like one of vehicles' locations, and a narrow one of numbers */
export function copyTables(rows: number): CopyTable[] {
  const vehicles = Array.from({ length: 2000 }, (_, n) => {
    const digits = hash(`vehicle ${n}`);
    return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-${digits.slice(12, 16)}-${digits.slice(16, 20)}-${digits.slice(20)}`;
  });
  return [
    {
      name: 'vehicle_location',
      columns:
        'event_at timestamp, organization_id varchar(128), vehicle_id varchar(128), latitude float8, longitude float8, located_at timestamp, _row_id varchar(32) not null',
      parquet: () =>
        parquetOf({
          event_at: timestamps(rows, (row) => start + row * 3),
          organization_id: utf8(rows, (row) => `org-id-${row % 5}`),
          vehicle_id: utf8(rows, (row) => vehicles[row % vehicles.length] ?? ''),
          latitude: floats(rows, (row) => 52 + ((row * 7919) % 100_000) / 100_000),
          longitude: floats(rows, (row) => 13 + ((row * 104_729) % 100_000) / 100_000),
          located_at: timestamps(rows, (row) => start + row * 3 - 41),
          _row_id: utf8(rows, (row) => hash(String(row))),
        }),
    },
    {
      name: 'numbers',
      columns: 'n bigint, a integer, b float8, at timestamp',
      parquet: () =>
        parquetOf({
          n: arrow.makeVector(BigInt64Array.from({ length: rows }, (_, row) => BigInt(row) * 1_000_003n)),
          a: arrow.makeVector(Int32Array.from({ length: rows }, (_, row) => row % 1000)),
          b: floats(rows, (row) => row / 3),
          at: timestamps(rows, (row) => start + row * 3),
        }),
    },
  ];
}
