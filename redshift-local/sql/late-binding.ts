import { literal } from './plan.js';

/** run before what a late-binding view reads is dropped or altered, PostgreSQL would keep it */
export const unbind = (relation: string) => `select redshift_catalog.rs_local_unbind(${literal(relation)})`;

/** run after something was made or altered: views that waited for it */
export const rebind = 'select redshift_catalog.rs_local_rebind()';

/** run after a view was made as a bound one */
export const bound = (view: string) =>
  `insert into redshift_catalog.bound_view values (${literal(view)}::regclass) on conflict do nothing`;

/** run after a relation was renamed: a late-binding view is known by its new name */
export function renameLate(relation: string, to: string): string {
  const schema = relation.includes('.') ? relation.slice(0, relation.lastIndexOf('.') + 1) : '';
  const [from, now] = [`create view ${relation} `, `create view ${schema}${to} `].map(literal);
  const name = literal(to.replace(/^"(.*)"$/, '$1'));
  return `update redshift_catalog.late_binding_view set view_name = ${name}, definition = ${now} || substr(definition, length(${from}) + 1) where left(definition, length(${from})) = ${from}`;
}
