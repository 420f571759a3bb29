import { tablesOf } from '../../lake/parquet.js';
import { tableFromIPC } from 'apache-arrow';
import { z } from 'zod';
import { defineEntity } from '../../define/entity.js';
import { definePipeline } from '../../define/pipeline.js';
import { s3Objects } from '../../sources/declare.js';
import type { Validated } from '../../testing/validated.js';

/** a column of each kind of value; every record becomes a row */
export const anyValues = definePipeline({
  name: 'any_values',
  description: 'for tests',
  schedule: { every: '1 hour' },
  source: s3Objects({ bucket: 'b', prefix: '', modifiedIn: 'interval' }),
  entities: [
    defineEntity({
      name: 'any_value',
      mode: 'append',
      schema: z.object({
        n: z.int().nullish(),
        d: z.number().nullish(),
        p: z
          .number()
          .meta({ decimal: [38, 18] })
          .nullish(),
        s: z.string().nullish(),
        j: z.unknown().nullish().meta({ super: true }),
      }),
    }),
  ],
});

/** the stored rows, values as text */
export async function storedRows(
  { entities, store }: Validated,
  entity = 'any_value',
): Promise<Record<string, string>[]> {
  const rows: Record<string, string>[] = [];
  for (const { key } of entities[entity]?.files ?? [])
    for await (const table of tablesOf(await store.get({ bucket: 'lake', key })))
      for (const row of tableFromIPC(table.intoIPCStream()))
        rows.push(
          Object.fromEntries(Object.entries(row.toJSON()).map(([name, value]) => [name, told(name, value as Stored)])),
        );
  return rows;
}

type Stored = string | number | bigint | Uint8Array | null;

function told(name: string, value: Stored): string {
  if (value === null) return 'null';
  if (name === 'p') return decimal(value as unknown as Uint32Array, 18);
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  return Object.is(value, -0) ? '-0' : String(value);
}

/** of 128 bits, least significant word first */
function decimal(words: Uint32Array, scale: number): string {
  const unscaled = BigInt.asIntN(
    128,
    words.reduceRight((sum, word) => (sum << 32n) | BigInt(word), 0n),
  );
  const digits = String(unscaled).padStart(scale + 1, '0');
  return `${digits.slice(0, -scale)}.${digits.slice(-scale)}`.replace(/\.?0+$/, '');
}
