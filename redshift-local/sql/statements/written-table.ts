import { text, tree, type Tree } from '../check-tree.js';
import { offered } from '../catalog-names.js';
import { literal } from '../plan.js';
import { Refusal } from '../refusal.js';

/** what INSERT, UPDATE and DELETE do to their table, as the message says it */
type Verb = 'insert into' | 'update' | 'delete from';

/** PostgreSQL writes through a simple view, Redshift refuses to: asked before the statement */
export function requireTable(node: Tree, verb: Verb): string[] {
  const relation = tree(node['relation']);
  const parts = [relation['schemaname'], relation['relname']].filter((part) => part !== undefined).map(text);
  const [name = ''] = parts.slice(-1);
  if (name.startsWith('rs_local_') || offered(parts.length > 1 ? (parts[0] ?? '') : '', name))
    throw new Refusal('write to the catalog', `permission denied: a system table or view cannot be written to`);
  const quoted = parts.map((part) => `"${part.replaceAll('"', '""')}"`).join('.');
  return [`select redshift_catalog.rs_local_require_no_view(${literal(quoted)}, ${literal(verb)})`];
}
