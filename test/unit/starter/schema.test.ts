import { expect, test } from 'vitest';
import { pipelines } from '../../support/pipelines.js';
import { schemaCommand } from '../../../starter/commands/schema.js';
import { createContext } from '../../../control/context.js';
import { CommandFailure, exitCodes } from '../../../control/failure.js';
import { createTerminal } from '../../../starter/terminal.js';

type Options = Parameters<typeof schemaCommand.run>[1];

async function schema(name: string | undefined, options: Options = {}): Promise<string> {
  let shown = '';
  const out = { write: (text: string) => ((shown += text), true), isTTY: false } as unknown as NodeJS.WriteStream;
  const noStack = () => {
    throw new CommandFailure(exitCodes.unreachable, 'no stack is running here');
  };
  const context = createContext(createTerminal(out, out, {}), noStack, { folder: 'test/project' });
  expect(await schemaCommand.run(context, options, name)).toBe(exitCodes.done);
  return shown;
}

test('shows columns, table, external table and dbt source, without a stack', async () => {
  const shown = await schema('minibuses.positions');
  expect(shown).toMatch(/^minibuses\.positions {2}merge by operator_id, bus_id, located_at\n/);
  expect(shown).toMatch(/latitude +DOUBLE PRECISION +yes +degrees north/);
  expect(shown).toContain('CREATE TABLE IF NOT EXISTS "minibuses"."positions" (');
  expect(shown).toContain("LOCATION 's3://<lake bucket>/processed/minibuses/positions/';");
  expect(shown).toContain('data_type: double precision');
  expect(shown).not.toContain('duty');
});

test.each([
  ['columns', /^catalog\.products[^]*catalog\.product_parts/, /CREATE|version/],
  ['ddl', /^-- the table[^]*CREATE TABLE/, /EXTERNAL|version/],
  ['external', /^-- the files[^]*CREATE EXTERNAL TABLE/, /CREATE TABLE|version/],
  ['dbt', /^# generated[^]*sources:/, /CREATE/],
] as const)('--format %s shows only that', async (format, shown, hidden) => {
  const text = await schema('catalog', { format });
  expect(text).toMatch(shown);
  expect(text).not.toMatch(hidden);
});

test('--json tells the same as data', async () => {
  const { pipeline, entities } = JSON.parse(await schema('catalog', { json: true })) as {
    pipeline: string;
    entities: { entity: string; columns: object[] }[];
  };
  expect([pipeline, entities.map(({ entity }) => entity)]).toEqual([
    'catalog',
    ['catalog.products', 'catalog.product_parts'],
  ]);
  expect(entities[1]?.columns[1]).toEqual({
    name: 'position',
    type: 'INTEGER',
    nullable: false,
    description: 'place in the list of parts, from 0',
  });
  const [first] = JSON.parse(await schema('catalog', { json: true, format: 'ddl' })) as object[];
  expect(first).toEqual({ entity: 'catalog.products', ddl: expect.stringContaining('CREATE TABLE') });
});

test.each([
  [undefined, `name a pipeline, or one of its entities: ${pipelines.map(({ name }) => name).join(', ')}`],
  ['catlog', "no pipeline is named 'catlog', did you mean catalog?"],
  ['catalog.rocket', "catalog has no entity 'rocket' (known: products, product_parts)"],
  ['catalog.productz', "catalog has no entity 'productz', did you mean products?"],
])('%s is answered with the known names', async (name, told) => {
  await expect(schema(name)).rejects.toThrow(told);
});
