import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { pipelines } from '../../../pipelines/index.js';
import { sqlType } from '../../../warehouse/sql.js';
import { targetColumns } from '../../../warehouse/target.js';

const column = z.object({ name: z.string(), description: z.string().min(1), data_type: z.string() });
const table = z.object({ name: z.string(), description: z.string(), columns: z.array(column) });
const file = z.object({
  sources: z.array(
    z.object({ name: z.string(), config: z.object({ tags: z.array(z.string()) }), tables: z.array(table) }),
  ),
});

const folder = join(import.meta.dirname, '../../../dbt/models/staging');

for (const pipeline of pipelines) {
  const { sources } = file.parse(parse(readFileSync(join(folder, pipeline.name, 'sources.yml'), 'utf8')));
  const [source] = sources;

  test(`the dbt source ${pipeline.name} carries the tag that its pipeline selects`, () => {
    expect(source?.name).toBe(pipeline.name);
    expect(source?.config.tags.map((tag) => `tag:${tag}`)).toEqual([pipeline.dbtSelect]);
  });

  test(`the dbt source ${pipeline.name} has the tables and columns that are loaded`, () => {
    const shown = source?.tables.map(({ name, columns }) => ({
      name,
      columns: columns.map(({ name, data_type }) => `${name} ${data_type.toUpperCase()}`),
    }));
    const loaded = pipeline.entities.map(({ plan }) => ({
      name: plan.name,
      columns: targetColumns(plan).map(({ name, type }) => `${name} ${sqlType(type)}`),
    }));
    expect(shown).toEqual(loaded);
  });

  test(`the dbt source ${pipeline.name} says of its columns what the definition says`, () => {
    for (const { plan, description } of pipeline.entities) {
      const found = source?.tables.find(({ name }) => name === plan.name);
      expect(found?.description).toBe(description);
      const said = new Map(found?.columns.map(({ name, description }) => [name, description]));
      for (const column of plan.columns) {
        if (column.description) expect(said.get(column.name), column.name).toBe(column.description);
      }
    }
  });
}
