import { stringify } from 'yaml';
import type { Column } from '../model/columns.js';
import { firstFrom, type Grid } from '../model/interval.js';
import { sqlType } from '../warehouse/ddl.js';
import type { Pipeline } from '../define/pipeline.js';
import { targetColumns } from '../columns/table-columns.js';

/** `sources.yml` of a pipeline's tables, with the words of its definition */
export function dbtSource(pipeline: Pipeline): string {
  const { name, description, dbtSelect, entities } = pipeline;
  const tags = (dbtSelect ?? '').split(/\s+/).flatMap((word) => /^tag:(\w+)$/.exec(word)?.[1] ?? []);
  const tables = entities.map(({ plan, description }) => ({
    name: plan.name,
    ...(description && { description }),
    config: freshness(pipeline, plan.name),
    columns: targetColumns(plan).map((column) => columnDocs(column, plan.key.length > 0)),
  }));
  const source = { name, description, ...(tags.length > 0 && { config: { tags } }), tables };
  const body = stringify({ version: 2, sources: [source] }, { lineWidth: 0, singleQuote: true });
  return `# generated from pipelines/${name}: waterclock schema ${name} --write-dbt-sources\n${body}`;
}

/** in data time: how long ago the newest interval ended that is loaded, be it empty; an old sample is old however lately it was loaded */
function freshness({ name, grid, deadline = 0 }: Pipeline, entity: string) {
  const minutes = Math.ceil((longest(grid) + grid.offset + deadline) / 60_000);
  const after = (count: number) => ({ count, period: 'minute' });
  return {
    loaded_at_query: `select max(interval_end) from monitor_db.handler_executions where pipeline = '${name}' and entity = '${entity}' and status = 'loaded'`,
    freshness: { warn_after: after(minutes), error_after: after(2 * minutes) },
  };
}

/** intervals of a cron expression differ in length: so many are looked at */
const lookedAt = 50;

function longest(grid: Grid): number {
  let most = 0;
  let interval = firstFrom(grid, 0);
  for (let count = 0; count < lookedAt; count++) {
    most = Math.max(most, Date.parse(interval.end) - Date.parse(interval.start));
    interval = firstFrom(grid, Date.parse(interval.end));
  }
  // the longest day of a zone may be months away
  return grid.timezone === undefined ? most : most + 3_600_000;
}

function columnDocs({ name, description, type }: Column, hasKey: boolean) {
  return {
    name,
    ...(description && { description }),
    data_type: sqlType(type).toLowerCase(),
    ...(name === '_row_id' && { data_tests: hasKey ? ['unique', 'not_null'] : ['not_null'] }),
  };
}
