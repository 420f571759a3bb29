import { z } from 'zod';
import type { Product } from '../start/product.js';
import { readResults } from '../start/results.js';
import type { Row, RowSet } from './row-set.js';

const schema = z.object({
  entities: z.array(
    z.object({ entity: z.string(), key: z.array(z.string()), columns: z.array(z.object({ name: z.string() })) }),
  ),
});

const rows = z.array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])));

/** what the runs of these pipelines have left in the warehouse: counts, tables, and the project's questions */
export async function readRowSets(product: Product, pipelines: string[], isWhole: boolean): Promise<RowSet[]> {
  const results = await readResults(product);
  const counts = results.pipelines
    .filter(({ pipeline }) => pipelines.includes(String(pipeline)))
    .map((row) => ({ name: String(row['pipeline']), key: ['pipeline'], rows: [row] }));
  const tables = await Promise.all(pipelines.map((name) => tablesOf(product, name)));
  const asked = results.answers.filter(({ pipeline }) =>
    pipeline === undefined ? isWhole : pipelines.includes(pipeline),
  );
  const slugs = asked.map(({ title }) => slug(title));
  const questions = asked.map(({ title, rows, error }, at) => {
    if (error !== undefined) throw new Error(`the question '${title}' has no answer: ${error}`);
    const earlier = slugs.slice(0, at).filter((one) => one === slugs[at]).length;
    return { name: `question-${slugs[at]}${earlier ? `-${earlier + 1}` : ''}`, key: [], rows, isOrdered: true };
  });
  return [...counts, ...tables.flat(), ...questions];
}

async function tablesOf(product: Product, pipeline: string): Promise<RowSet[]> {
  const { entities } = schema.parse((await ask(product, ['schema', pipeline])).result);
  return Promise.all(
    entities.map(async ({ entity, key, columns }) => {
      const names = columns.map(({ name }) => name).filter((name) => !name.startsWith('_'));
      const table = entity.split('.').map(quoted).join('.');
      const { result } = await ask(product, ['query', `select ${names.map(quoted).join(', ')} from ${table}`]);
      const found: Row[] = rows.parse(result);
      return { name: entity, key, rows: found };
    }),
  );
}

async function ask(product: Product, words: string[]) {
  const answer = await product.run([...words, '--json']);
  if (answer.code === 0) return answer;
  throw new Error(`waterclock ${words[0]} ${words[1]}: ${answer.said.at(-1) ?? `exit code ${answer.code}`}`);
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

const slug = (title: string) =>
  title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60);
