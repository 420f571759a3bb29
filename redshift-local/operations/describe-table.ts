import { z } from 'zod';
import { columnMetadata, precisionOf } from '../records.js';
import { parse, text } from './input.js';
import { catalogPage, metadataInput, visible } from './metadata.js';
import type { Operation, OperationParts } from './operation.js';

const shape = z.object({ ...metadataInput, Schema: text.optional(), Table: text.optional() });
const sql = `select redshift_catalog.rs_local_name(a.attname) as name, a.atttypid as type, a.atttypmod as modifier, a.attnotnull as "notNull",
    redshift_catalog.rs_local_name(n.nspname) as schema, redshift_catalog.rs_local_name(c.relname) as table, pg_get_expr(d.adbin, d.adrelid) as default
  from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
  where c.relkind in ('r', 'v', 'm', 'p', 'f') and a.attnum > 0 and not a.attisdropped and a.attname !~ '^[$]' and ${visible('n.nspname')}
    and ($1::text is null or redshift_catalog.rs_local_name(n.nspname) = $1) and ($2::text is null or redshift_catalog.rs_local_name(c.relname) = $2)
  order by n.nspname, c.relname, a.attnum`;

interface Row {
  name: string;
  type: number;
  modifier: number;
  notNull: boolean;
  schema: string;
  table: string;
  default: string | null;
}

export function describeTable(parts: OperationParts): Operation {
  return async (input, caller) => {
    const asked = parse(shape, input);
    const { page, ...rest } = await catalogPage<Row>(parts, asked, caller, sql, [
      asked.Schema ?? null,
      asked.Table ?? null,
    ]);
    return JSON.stringify({
      ...(asked.Table && { TableName: asked.Table }),
      ColumnList: page.map(column),
      ...rest,
    });
  };
}

function column(row: Row) {
  const field = { name: row.name, dataTypeID: row.type, dataTypeModifier: row.modifier };
  const { label: _, ...metadata } = columnMetadata(field, row);
  return { ...metadata, length: precisionOf(field), ...(row.default !== null && { columnDefault: row.default }) };
}
