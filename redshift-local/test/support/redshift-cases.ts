import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const redshiftCase = z.strictObject({
  /** one statement, or a batch; `{database}` is the connected one */
  sql: z.union([z.string(), z.array(z.string())]),
  /** what it answers; without rows, refused or error it is accepted, that is all */
  rows: z.array(z.array(z.unknown())).optional(),
  /** the types of its columns, as the Data API names them */
  types: z.array(z.string()).optional(),
  /** what its columns are called */
  names: z.array(z.string()).optional(),
  /** refused before it runs: the rule's name */
  refused: z.string().optional(),
  /** fails when it runs, with a message like this */
  error: z.string().optional(),
  /** Redshift accepts what is refused here */
  here: z.literal('only').optional(),
  /** how Redshift's answer is another */
  differs: z.string().optional(),
});
export type RedshiftCase = z.infer<typeof redshiftCase>;

const file = z.strictObject({
  title: z.string(),
  /** statements run before, in an empty schema `cases` */
  setup: z.array(z.string()).default([]),
  cases: z.array(redshiftCase),
});

const folder = join(import.meta.dirname, '../../cases');

export const redshiftCases = () =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => file.parse(parse(readFileSync(join(folder, name), 'utf8'))));
