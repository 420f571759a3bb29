import { serialize } from 'pg-protocol';

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

/** most databases have none, and need not look for what lies behind the names of a statement */
const anyExternal = 'select from _redshift_data.external_tables limit 1';
const prepare = Buffer.concat([
  serialize.close({ type: 'S', name: localAny }),
  serialize.parse({ name: localAny, text: anyExternal }),
]);
const askAgain = Buffer.concat([closePortal, serialize.bind({ portal: local, statement: localAny }), execute]);

/** a row where there is an external table; asked before nearly every statement, so that it is prepared */
export const askAnyExternal = (isPrepared: boolean): Buffer =>
  isPrepared ? askAgain : Buffer.concat([prepare, askAgain]);
