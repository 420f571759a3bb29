import { z } from 'zod';
import { parse, text } from './input.js';
import { catalogPage, metadataInput, visible } from './metadata.js';
import type { Operation, OperationParts } from './operation.js';

const shape = z.object({ ...metadataInput, SchemaPattern: text.optional() });
const sql = `select redshift_catalog.rs_local_name(nspname) as name from pg_namespace
  where ${visible('nspname')} and redshift_catalog.rs_local_name(nspname) like $1 order by 1`;

export function listSchemas(parts: OperationParts): Operation {
  return async (input, caller) => {
    const asked = parse(shape, input);
    const { page, ...rest } = await catalogPage<{ name: string }>(parts, asked, caller, sql, [
      asked.SchemaPattern ?? '%',
    ]);
    return JSON.stringify({ Schemas: page.map(({ name }) => name), ...rest });
  };
}
