import { z } from 'zod';
import { parse } from './input.js';
import { catalogPage, metadataInput } from './metadata.js';
import type { Operation, OperationParts } from './operation.js';

const shape = z.object(metadataInput);
const sql = 'select datname as name from pg_database where not datistemplate and datallowconn order by 1';

export function listDatabases(parts: OperationParts): Operation {
  return async (input, caller) => {
    const asked = parse(shape, input);
    const { page, ...rest } = await catalogPage<{ name: string }>(parts, asked, caller, sql, []);
    return JSON.stringify({ Databases: page.map(({ name }) => name), ...rest });
  };
}
