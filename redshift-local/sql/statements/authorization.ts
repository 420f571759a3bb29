import { form, match, sqlName } from '../grammar.js';
import { literal, type Plan, type Statement } from '../plan.js';
import { unquoted } from '../tokens.js';

const forms = {
  reset: form('(?:set(?<local> local)? session authorization default|reset session authorization)'),
  set: form('set(?<local> local)? session authorization (?:(?<name>[NAME])|(?<text>[STRING]))'),
};

/** the rights of another user, for the session or the transaction */
export function authorization({ tokens }: Statement): Plan {
  const { parts } = match(tokens, forms, 'set authorization');
  const user = parts['text'] ?? (parts['name'] === undefined ? 'null' : literal(unquoted(sqlName(parts['name']))));
  const call = `perform redshift_catalog.rs_local_authorize(${user}, ${parts['local'] !== undefined})`;
  return { sql: `do ${literal(`begin ${call}; end`)}`, values: [], kind: 'setting' };
}
