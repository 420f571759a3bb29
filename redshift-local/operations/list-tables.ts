import { z } from 'zod';
import { parse, text } from './input.js';
import { catalogPage, metadataInput, visible } from './metadata.js';
import type { Operation, OperationParts } from './operation.js';

const shape = z.object({ ...metadataInput, SchemaPattern: text.optional(), TablePattern: text.optional() });
const sql = `select redshift_catalog.rs_local_name(c.relname) as name, redshift_catalog.rs_local_name(n.nspname) as schema,
    case when n.nspname in ('pg_catalog', 'information_schema') then 'SYSTEM ' when e.id is not null then 'EXTERNAL ' else '' end
      || case when c.relkind = 'v' and e.id is null then 'VIEW' else 'TABLE' end as type
  from pg_class c join pg_namespace n on n.oid = c.relnamespace left join _redshift_data.external_tables e on e.id = c.oid
  where c.relkind in ('r', 'v', 'm', 'p', 'f') and ${visible('n.nspname')} and redshift_catalog.rs_local_name(n.nspname) like $1 and redshift_catalog.rs_local_name(c.relname) like $2
  order by 2, 1`;

export function listTables(parts: OperationParts): Operation {
  return async (input, caller) => {
    const asked = parse(shape, input);
    const { page, ...rest } = await catalogPage(parts, asked, caller, sql, [
      asked.SchemaPattern ?? '%',
      asked.TablePattern ?? '%',
    ]);
    return JSON.stringify({ Tables: page, ...rest });
  };
}
