import { stringify } from 'yaml';
import type { Column } from '../model/columns.js';
import { sqlType } from './ddl.js';
import type { Pipeline } from './pipeline.js';
import { targetColumns } from './table-columns.js';

/** `sources.yml` of a pipeline's tables, with the words of its definition */
export function dbtSource({ name, description, dbtSelect, entities }: Pipeline): string {
  const tags = (dbtSelect ?? '').split(/\s+/).flatMap((word) => /^tag:(\w+)$/.exec(word)?.[1] ?? []);
  const tables = entities.map(({ plan, description }) => ({
    name: plan.name,
    ...(description && { description }),
    columns: targetColumns(plan).map((column) => columnDocs(column, plan.key.length > 0)),
  }));
  const source = { name, description, ...(tags.length > 0 && { config: { tags } }), tables };
  const body = stringify({ version: 2, sources: [source] }, { lineWidth: 0, singleQuote: true });
  return `# generated from pipelines/${name}: waterclock schema ${name} --write-dbt-sources\n${body}`;
}

function columnDocs({ name, description, type }: Column, hasKey: boolean) {
  return {
    name,
    ...(description && { description }),
    data_type: sqlType(type).toLowerCase(),
    ...(name === '_row_id' && { data_tests: hasKey ? ['unique', 'not_null'] : ['not_null'] }),
  };
}
