import { expect, test } from 'vitest';
import { pipelines } from '../../support/samples.js';
import { schemaCommand } from '../../../starter/commands/schema.js';
import { createContext } from '../../../control/context.js';
import { CommandFailure, exitCodes } from '../../../control/failure.js';
import { createTerminal } from '../../../starter/terminal.js';

type Options = Parameters<typeof schemaCommand.run>[1];

async function schema(name: string | undefined, options: Options = {}): Promise<string> {
  let shown = '';
  const out = { write: (text: string) => ((shown += text), true), isTTY: false } as unknown as NodeJS.WriteStream;
  const context = createContext(createTerminal(out, out, {}), () => {
    throw new CommandFailure(exitCodes.unreachable, 'no stack is running here');
  });
  expect(await schemaCommand.run(context, options, name)).toBe(exitCodes.done);
  return shown;
}

test('shows columns, table, external table and dbt source, without a stack', async () => {
  const shown = await schema('door2door.vehicle_location');
  expect(shown).toMatch(/^door2door\.vehicle_location {2}merge by organization_id, vehicle_id, located_at\n/);
  expect(shown).toMatch(/latitude +DOUBLE PRECISION +yes +degrees north/);
  expect(shown).toContain('CREATE TABLE IF NOT EXISTS "door2door"."vehicle_location" (');
  expect(shown).toContain("LOCATION 's3://<lake bucket>/processed/door2door/vehicle_location/';");
  expect(shown).toContain('data_type: double precision');
  expect(shown).not.toContain('operating_period');
});

test.each([
  ['columns', /^spacex\.launches[^]*spacex\.launch_cores/, /CREATE|version/],
  ['ddl', /^-- the table[^]*CREATE TABLE/, /EXTERNAL|version/],
  ['external', /^-- the files[^]*CREATE EXTERNAL TABLE/, /CREATE TABLE|version/],
  ['dbt', /^# generated[^]*sources:/, /CREATE/],
] as const)('--format %s shows only that', async (format, shown, hidden) => {
  const text = await schema('spacex', { format });
  expect(text).toMatch(shown);
  expect(text).not.toMatch(hidden);
});

test('--json tells the same as data', async () => {
  const { pipeline, entities } = JSON.parse(await schema('spacex', { json: true })) as {
    pipeline: string;
    entities: { entity: string; columns: object[] }[];
  };
  expect([pipeline, entities.map(({ entity }) => entity)]).toEqual([
    'spacex',
    ['spacex.launches', 'spacex.launch_cores'],
  ]);
  expect(entities[1]?.columns[1]).toEqual({
    name: 'position',
    type: 'INTEGER',
    nullable: false,
    description: 'place in the list of cores, from 0',
  });
  const [first] = JSON.parse(await schema('spacex', { json: true, format: 'ddl' })) as object[];
  expect(first).toEqual({ entity: 'spacex.launches', ddl: expect.stringContaining('CREATE TABLE') });
});

test.each([
  [undefined, `name a pipeline, or one of its entities: ${pipelines.map(({ name }) => name).join(', ')}`],
  ['spacx', "no pipeline is named 'spacx', did you mean spacex?"],
  ['spacex.rocket', "spacex has no entity 'rocket' (known: launches, launch_cores)"],
  ['spacex.launchs', "spacex has no entity 'launchs', did you mean launches?"],
])('%s is answered with the known names', async (name, told) => {
  await expect(schema(name)).rejects.toThrow(told);
});
