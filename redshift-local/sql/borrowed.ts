import { literal, type Plan } from './plan.js';

const borrow = (name: string, isKept: boolean) =>
  `select redshift_catalog.rs_local_borrow(to_regclass(${literal(name)}), ${isKept})`;

/** DDL by who has the right to alter the table, though another owns it */
export const altering = (name: string, plan: Plan): Plan => ({
  ...plan,
  before: [borrow(name, true), ...(plan.before ?? [])],
  after: [...(plan.after ?? []), 'select redshift_catalog.rs_local_give_back()'],
});

/** DROP by who has the right to, though others own the tables */
export const dropping = (names: string[], plan: Plan): Plan => ({
  ...plan,
  before: [...names.map((name) => borrow(name, false)), ...(plan.before ?? [])],
});
