import { z } from 'zod';
import type { Product } from './product.js';

export type Row = Record<string, string | number | boolean | null>;

const rows = z.array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])));
const results = z.object({
  pipelines: rows,
  answers: z.array(
    z.object({
      title: z.string(),
      sql: z.string(),
      pipeline: z.string().optional(),
      rows,
      error: z.string().optional(),
    }),
  ),
});

/** what the ledger says, and the answers to the project's questions: `waterclock results` */
export type Results = z.infer<typeof results>;

export async function readResults(product: Product): Promise<Results> {
  const { result, said } = await product.run(['results', '--json']);
  const read = results.safeParse(result);
  if (read.success) return read.data;
  throw new Error(`waterclock results: ${said.at(-1) ?? 'no result'}`);
}
