import { data } from './rules/data.js';
import { elsewhere } from './rules/elsewhere.js';
import { queries } from './rules/queries.js';
import type { Rule } from './rules/rule.js';
import { session } from './rules/session.js';
import { tables } from './rules/tables.js';

/** the first rule whose pattern fits decides; a statement that none fits is refused */
export const rules: Rule[] = [...data, ...queries, ...tables, ...session, ...elsewhere];
