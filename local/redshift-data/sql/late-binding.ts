import { literal } from './plan.js';

/** run before what a late-binding view reads is dropped or altered, PostgreSQL would keep it */
export const unbind = (relation: string) => `select redshift_catalog.rs_local_unbind(${literal(relation)})`;

/** run after something was made or altered: views that waited for it */
export const rebind = 'select redshift_catalog.rs_local_rebind()';

/** run after a view was made as a bound one */
export const bound = (view: string) =>
  `insert into redshift_catalog.bound_view values (${literal(view)}::regclass) on conflict do nothing`;
