import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { mapColumns } from '../../../columns/columns.js';
import { externalType } from '../../../warehouse/ddl.js';
import { parseEntities } from '../../../define/entities-yaml.js';
import { defineEntity } from '../../../define/entity.js';
import type { Entity } from '../../../validate/entity.js';
import { carried, problemsOf, refused } from './type-table.js';

const text = readFileSync(new URL('../../../docs/schema.md', import.meta.url), 'utf8');

/** rows of the table that begins with these titles */
function rowsUnder(...titles: string[]): string[][] {
  const lines = text.split('\n').map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  const start = lines.findIndex((cells) => cells.join() === titles.join());
  const end = lines.findIndex((cells, at) => at > start && cells.length === 0);
  return lines.slice(start + 2, end);
}

test('the types in the docs are those of the mapping', () => {
  const rows = carried.map(({ zod, schema, column, nullable }) => {
    const [only] = mapColumns(z.object({ value: schema })).columns;
    const external = only ? externalType(only.type) : '';
    return [`\`${zod}\``, `\`${column}\``, external === column ? '' : `\`${external}\``, nullable ? 'yes' : ''];
  });
  expect(rowsUnder('zod', 'column', 'external table', 'NULL')).toEqual(rows);
});

test('so are the refusals', () => {
  const rows = refused.map(({ zod, schema }) => [
    zod.startsWith('a ') ? zod : `\`${zod}\``,
    problemsOf(z.object({ value: schema }))[0]?.message.replaceAll('_', '\\_'),
  ]);
  expect(rowsUnder('zod', 'refused, since it')).toEqual(rows);
});

test('the example in YAML is one', () => {
  const example = /```yaml\n([^]*?)```/.exec(text)?.[1] ?? '';
  const [trips] = parseEntities(example, 'docs/schema.md');
  expect(trips?.plan.columns.map(({ name }) => name)).toEqual(['trip_id', 'changed_at', 'seats', '_unknown']);
});

test('the two examples of a definition are one', () => {
  const guide = readFileSync(new URL('../../../CONTRIBUTING.md', import.meta.url), 'utf8');
  const [inYaml] = parseEntities(/```yaml\n([^]*?)```/.exec(guide)?.[1] ?? '', 'CONTRIBUTING.md');
  const code = /```ts\n([^]*?);\n```/.exec(guide)?.[1] ?? '';
  // oxlint-disable-next-line typescript/no-implied-eval -- the page's own code
  const inZod = new Function('defineEntity', 'z', `return ${code}`)(defineEntity, z) as Entity;
  expect(inYaml?.plan).toEqual(inZod.plan);
  expect(inYaml?.known).toEqual(inZod.known);
});
