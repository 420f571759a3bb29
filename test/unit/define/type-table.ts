import { z } from 'zod';
import { columnProblems } from '../../../define/check-columns.js';
import { mapColumns } from '../../../columns/columns.js';

interface Carried {
  /** as written in a definition */
  zod: string;
  schema: z.ZodType;
  column: string;
  nullable?: true;
}

/** one list for the test and for docs/schema.md */
export const carried: Carried[] = [
  { zod: 'z.int32()', schema: z.int32(), column: 'INTEGER' },
  { zod: 'z.int().min(0).max(100)', schema: z.int().min(0).max(100), column: 'SMALLINT' },
  { zod: 'z.int().gt(-1).lt(32_768)', schema: z.int().gt(-1).lt(32_768), column: 'SMALLINT' },
  { zod: 'z.uint32()', schema: z.uint32(), column: 'BIGINT' },
  { zod: 'z.int()', schema: z.int(), column: 'BIGINT' },
  { zod: 'z.number()', schema: z.number(), column: 'DOUBLE PRECISION' },
  { zod: 'z.float32()', schema: z.float32(), column: 'DOUBLE PRECISION' },
  { zod: 'z.coerce.number()', schema: z.coerce.number(), column: 'DOUBLE PRECISION' },
  {
    zod: 'z.string().meta({ decimal: [12, 2] })',
    schema: z.string().meta({ decimal: [12, 2] }),
    column: 'DECIMAL(12, 2)',
  },
  {
    zod: 'z.number().meta({ decimal: [38, 37] })',
    schema: z.number().meta({ decimal: [38, 37] }),
    column: 'DECIMAL(38, 37)',
  },
  { zod: 'z.boolean()', schema: z.boolean(), column: 'BOOLEAN' },
  { zod: 'z.stringbool()', schema: z.stringbool(), column: 'BOOLEAN' },
  { zod: 'z.string()', schema: z.string(), column: 'VARCHAR(65535)' },
  { zod: 'z.string().meta({ bytes: 40 })', schema: z.string().meta({ bytes: 40 }), column: 'VARCHAR(40)' },
  { zod: 'z.uuid().meta({ bytes: 36 })', schema: z.uuid().meta({ bytes: 36 }), column: 'VARCHAR(36)' },
  { zod: "z.enum(['a', 'ünf'])", schema: z.enum(['a', 'ünf']), column: 'VARCHAR(4)' },
  { zod: "z.literal('ab')", schema: z.literal('ab'), column: 'VARCHAR(2)' },
  { zod: 'z.literal([1, 40_000])', schema: z.literal([1, 40_000]), column: 'INTEGER' },
  { zod: 'z.literal(true)', schema: z.literal(true), column: 'BOOLEAN' },
  { zod: "z.templateLiteral(['v', z.int()])", schema: z.templateLiteral(['v', z.int()]), column: 'VARCHAR(65535)' },
  { zod: 'z.iso.date()', schema: z.iso.date(), column: 'DATE' },
  { zod: 'z.iso.datetime()', schema: z.iso.datetime(), column: 'TIMESTAMP' },
  { zod: 'z.iso.datetime({ offset: true })', schema: z.iso.datetime({ offset: true }), column: 'TIMESTAMP' },
  { zod: 'z.iso.datetime({ local: true })', schema: z.iso.datetime({ local: true }), column: 'TIMESTAMP' },
  {
    zod: 'z.iso.datetime({ offset: true }).meta({ timezone: true })',
    schema: z.iso.datetime({ offset: true }).meta({ timezone: true }),
    column: 'TIMESTAMPTZ',
  },
  { zod: 'z.int().meta({ epochMillis: true })', schema: z.int().meta({ epochMillis: true }), column: 'TIMESTAMP' },
  {
    zod: 'z.number().meta({ epochSeconds: true })',
    schema: z.number().meta({ epochSeconds: true }),
    column: 'TIMESTAMP',
  },
  { zod: 'z.iso.time(), z.iso.duration()', schema: z.iso.time(), column: 'VARCHAR(65535)' },
  { zod: 'z.array(z.number())', schema: z.array(z.number()), column: 'SUPER' },
  { zod: 'z.record(z.string(), z.unknown())', schema: z.record(z.string(), z.unknown()), column: 'SUPER' },
  { zod: 'z.json().meta({ super: true })', schema: z.json().meta({ super: true }), column: 'SUPER', nullable: true },
  {
    zod: 'z.union([z.string(), z.number()]).meta({ super: true })',
    schema: z.union([z.string(), z.number()]).meta({ super: true }),
    column: 'SUPER',
  },
  { zod: 'z.union([z.int32(), z.int()])', schema: z.union([z.int32(), z.int()]), column: 'BIGINT' },
  { zod: 'z.union([z.int(), z.null()])', schema: z.union([z.int(), z.null()]), column: 'BIGINT', nullable: true },
  { zod: 'z.int32().nullable()', schema: z.int32().nullable(), column: 'INTEGER', nullable: true },
  { zod: 'z.int32().optional()', schema: z.int32().optional(), column: 'INTEGER', nullable: true },
  { zod: 'z.int32().nullish()', schema: z.int32().nullish(), column: 'INTEGER', nullable: true },
  { zod: 'z.int32().default(0)', schema: z.int32().default(0), column: 'INTEGER' },
  {
    zod: 'z.int32().nullable().default(null)',
    schema: z.int32().nullable().default(null),
    column: 'INTEGER',
    nullable: true,
  },
  { zod: 'z.int32().prefault(0)', schema: z.int32().prefault(0), column: 'INTEGER' },
  { zod: 'z.int32().catch(0)', schema: z.int32().catch(0), column: 'INTEGER' },
  { zod: "z.int32().brand('x')", schema: z.int32().brand('x'), column: 'INTEGER' },
  { zod: 'z.int32().readonly()', schema: z.int32().readonly(), column: 'INTEGER' },
  { zod: 'z.int32().refine(check)', schema: z.int32().refine(() => true), column: 'INTEGER' },
  { zod: 'z.lazy(() => z.int32())', schema: z.lazy(() => z.int32()), column: 'INTEGER' },
  {
    zod: 'z.string().transform(f).pipe(z.int32())',
    schema: z.string().transform(Number).pipe(z.int32()),
    column: 'INTEGER',
  },
  { zod: 'z.preprocess(f, z.int32())', schema: z.preprocess(Number, z.int32()), column: 'INTEGER' },
];

const node = z.object({
  name: z.string(),
  get next() {
    return node.nullish();
  },
});

interface RefusedSchema {
  zod: string;
  schema: z.ZodType;
  /** begins what is told of the field */
  told: string;
}

export const refused: RefusedSchema[] = [
  { zod: 'z.any(), z.unknown()', schema: z.any(), told: 'accepts anything' },
  { zod: 'z.unknown().optional()', schema: z.unknown().optional(), told: 'accepts anything' },
  {
    zod: 'z.union([z.string(), z.number()])',
    schema: z.union([z.string(), z.number()]),
    told: 'is a union of varchar and double',
  },
  {
    zod: 'z.union([z.string(), z.array(z.string())])',
    schema: z.union([z.string(), z.array(z.string())]),
    told: 'is a union of varchar and super',
  },
  {
    zod: 'z.union([z.iso.date(), z.iso.datetime()])',
    schema: z.union([z.iso.date(), z.iso.datetime()]),
    told: 'is a union of date and timestamp',
  },
  {
    zod: 'z.union([z.object({ ... }), z.string()])',
    schema: z.union([z.object({ a: z.int() }), z.string()]).nullable(),
    told: 'is a union of varchar and object',
  },
  { zod: "z.literal([1, 'a'])", schema: z.literal([1, 'a']), told: 'has values of several types' },
  { zod: 'z.json()', schema: z.json(), told: 'is a union of' },
  { zod: 'a recursive object', schema: node, told: 'is recursive' },
  { zod: 'z.string().transform(f)', schema: z.string().transform(Number), told: 'ends in a transform' },
  {
    zod: 'z.codec(z.iso.datetime(), z.date(), ...)',
    schema: z.codec(z.iso.datetime(), z.date(), {
      decode: (text) => new Date(text),
      encode: (date) => date.toISOString(),
    }),
    told: 'is a Date',
  },
  { zod: 'z.date(), z.coerce.date()', schema: z.coerce.date(), told: 'is a Date' },
  { zod: 'z.bigint(), z.int64(), z.coerce.bigint()', schema: z.int64(), told: 'is a bigint' },
  { zod: 'z.map(...)', schema: z.map(z.string(), z.string()), told: 'is a Map' },
  { zod: 'z.set(...)', schema: z.set(z.string()), told: 'is a Set' },
  { zod: 'z.function()', schema: z.function(), told: 'is function' },
  { zod: 'z.symbol()', schema: z.symbol(), told: 'is symbol' },
  { zod: 'z.nan()', schema: z.nan(), told: 'is nan' },
  { zod: 'z.never()', schema: z.never(), told: 'is never' },
  { zod: 'z.undefined(), z.void()', schema: z.undefined(), told: 'is undefined' },
  { zod: 'z.null(), z.literal(null)', schema: z.literal(null), told: 'is always null' },
  { zod: 'z.file()', schema: z.file(), told: 'is a file' },
  { zod: 'z.promise(...)', schema: z.promise(z.string()), told: 'is a promise' },
  { zod: 'z.custom(), z.instanceof()', schema: z.instanceof(Date), told: 'is a custom check' },
  { zod: 'z.tuple([...]).rest(...)', schema: z.tuple([z.number()]).rest(z.string()), told: 'is a tuple with a rest' },
  { zod: 'z.object({})', schema: z.object({}), told: 'declares no field' },
  { zod: 'z.string().meta({ bytes: 65_536 })', schema: z.string().meta({ bytes: 65_536 }), told: 'has bytes 65536' },
  {
    zod: "z.enum(['abc']).meta({ bytes: 2 })",
    schema: z.enum(['abc']).meta({ bytes: 2 }),
    told: 'has bytes 2, but a value of 3',
  },
  {
    zod: 'z.number().meta({ bytes: 4 })',
    schema: z.number().meta({ bytes: 4 }),
    told: 'has bytes, but is double',
  },
  {
    zod: 'z.string().meta({ decimal: [39, 2] })',
    schema: z.string().meta({ decimal: [39, 2] }),
    told: 'has decimal [39, 2]',
  },
  {
    zod: 'z.string().meta({ decimal: [4, 5] })',
    schema: z.string().meta({ decimal: [4, 5] }),
    told: 'has decimal [4, 5]',
  },
  {
    zod: 'z.boolean().meta({ decimal: [4, 2] })',
    schema: z.boolean().meta({ decimal: [4, 2] }),
    told: 'has decimal: use it',
  },
  {
    zod: 'z.number().meta({ epochMillis: true })',
    schema: z.number().meta({ epochMillis: true }),
    told: 'has epochMillis: use it',
  },
  {
    zod: 'z.boolean().meta({ epochSeconds: true })',
    schema: z.boolean().meta({ epochSeconds: true }),
    told: 'has epochSeconds: use it',
  },
  {
    zod: 'z.string().meta({ timezone: true })',
    schema: z.string().meta({ timezone: true }),
    told: 'has a timezone: use it',
  },
  {
    zod: 'z.object({ ... }).meta({ bytes: 4 })',
    schema: z.object({ a: z.int() }).meta({ bytes: 4 }),
    told: 'has bytes, but becomes several',
  },
  {
    zod: 'z.array(...).meta({ sortKey: 1 })',
    schema: z.array(z.int()).meta({ sortKey: 1 }),
    told: 'is SUPER, which is no sortKey',
  },
  {
    zod: 'z.string().default(() => randomUUID())',
    schema: z.string().default(() => crypto.randomUUID()),
    told: 'has a default that changes',
  },
  {
    zod: 'z.int().default(() => Date.now())',
    schema: z.int().default(() => Date.now()),
    told: 'has a default that changes',
  },
  { zod: 'a field dt, hr or min', schema: z.int().meta({ column: 'hr' }), told: 'its column hr would be a partition' },
  { zod: 'a field _id', schema: z.int().meta({ column: '_id' }), told: 'its column _id would begin with _' },
  {
    zod: 'a field größe or 2fa',
    schema: z.int().meta({ column: 'größe' }),
    told: 'its column "größe" would not be lower snake_case',
  },
  {
    zod: 'a name of more than 63 bytes',
    schema: z.int().meta({ column: 'x'.repeat(64) }),
    told: 'its column xxxxxxxxxxxxxxxxxxxxxxxx... would have 64 bytes',
  },
];

/** everything that is wrong with the columns of a schema */
export function problemsOf(schema: z.ZodType) {
  const mapped = mapColumns(schema);
  return [...mapped.problems, ...columnProblems(mapped, () => mapColumns(schema))];
}
