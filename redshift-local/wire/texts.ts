import { serialize } from 'pg-protocol';
import { namesOf } from '../external/bring-in.js';
import type { Planned } from '../sql/plan-statement.js';

/** of statements that run here, beside the client's own */
const local = 'rs_local';
const localAny = 'rs_local_any';

/** a text that PostgreSQL runs, and its parameters */
export interface Text {
  sql: string;
  values: string[];
}

export const textOf = (sql: string): Text => ({ sql, values: [] });

const closePortal = serialize.close({ type: 'P', name: local });
const closeStatement = serialize.close({ type: 'S', name: local });
const execute = serialize.execute({ portal: local, rows: 0 });

/** the messages of one text; parse and bind make no row, so that every one is of the last */
export const bytesOf = ({ sql, values }: Text): Buffer =>
  Buffer.concat([
    closePortal,
    closeStatement,
    serialize.parse({ name: local, text: sql }),
    serialize.bind({ portal: local, statement: local, values }),
    serialize.describe({ type: 'P', name: local }),
    execute,
  ]);

/** a row where the names of a statement reach an external table */
const anyExternal = 'select from redshift_catalog.rs_local_external_tables($1, $2) as named where named is not null';
const prepare = Buffer.concat([
  serialize.close({ type: 'S', name: localAny }),
  serialize.parse({ name: localAny, text: anyExternal }),
]);

/** a row where a statement reaches an external table; asked before nearly every one, so that it is prepared */
export const askAnyExternal = (plan: Planned, isPrepared: boolean): Buffer =>
  Buffer.concat([
    ...(isPrepared ? [] : [prepare]),
    closePortal,
    serialize.bind({ portal: local, statement: localAny, values: [namesOf([plan]), 'false'] }),
    execute,
  ]);
