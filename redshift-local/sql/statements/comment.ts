import { text, tree, trees, type Tree } from '../check-tree.js';
import { literal, noParameters, type Plan, type Statement } from '../plan.js';
import { utility } from '../via-tree.js';

export function comment(statement: Statement): Plan {
  noParameters(statement, 'comment');
  let onView: string | undefined;
  const plan = utility(statement, 'CommentStmt', (node) => {
    if (node['objtype'] === 'OBJECT_VIEW') onView = commentOnView(node);
  });
  return { ...plan, ...(onView !== undefined && { sql: onView }), kind: 'ddl' };
}

/** a materialized view is a view there, and a kind of its own in PostgreSQL */
function commentOnView({ object, comment: said }: Tree): string {
  const names = trees(tree(tree(object)['List'])['items']).map((item) => text(tree(item['String'])['sval']));
  const view = names.map((name) => `"${name.replaceAll('"', '""')}"`).join('.');
  return `select redshift_catalog.rs_local_comment_on_view(${literal(view)}, ${said === undefined ? 'null' : literal(text(said))})`;
}
