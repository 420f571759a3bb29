import { form, match, sqlName } from '../grammar.js';
import { literal, noParameters, refuseIf, type Plan, type Statement } from '../plan.js';
import { unquoted } from '../tokens.js';

const level = '(?<level>serializable|snapshot)';
const limit = 'connection limit (?:unlimited|[NUMBER])';
const forms = {
  create: form(
    `create database (?<name>[NAME])(?: with)?(?: owner(?: =)? (?<owner>[NAME]))?(?: ${limit})?(?: collate case_sensitive)?(?: isolation level ${level})?`,
  ),
  drop: form('drop database (?<name>[NAME])(?<force> force)?'),
  rename: form('alter database (?<name>[NAME]) rename to (?<to>[NAME])'),
  owner: form('alter database (?<name>[NAME]) owner to (?<to>[NAME])'),
  limit: form(`alter database (?<name>[NAME]) ${limit}`),
  level: form(`alter database (?<name>[NAME]) isolation level ${level}`),
};
const inTransaction = ['rename', 'owner', 'limit', 'level'];

/** `snapshot` where none is said, as of a serverless namespace: the level of sessions that begin later */
const setLevel = (name: string, said = 'snapshot') =>
  `alter database ${name} set redshift.isolation_level to '${said}'`;

export function databases(statement: Statement): Plan {
  noParameters(statement, 'database');
  const { kind, parts } = match(statement.tokens, forms, 'database');
  refuseIf(
    statement.isBatch,
    'database in a transaction',
    `${inTransaction.includes(kind) ? 'ALTER' : kind.toUpperCase()} DATABASE cannot run inside a transaction block: send it on its own`,
  );
  const name = sqlName(parts['name']);
  const altered = (sql: string, before: string[] = []): Plan => ({ sql, values: [], kind: 'ddl', before });
  switch (kind) {
    case 'create': {
      const owner = parts['owner'] === undefined ? '' : ` owner ${sqlName(parts['owner'])}`;
      const sql = `create database ${name}${owner} template template0`;
      return { sql, values: [], kind: 'maintenance', after: [setLevel(name, parts['level'])] };
    }
    case 'drop':
      return { sql: `drop database ${name}${parts['force'] ? ' with (force)' : ''}`, values: [], kind: 'maintenance' };
    case 'rename':
      return altered(`alter database ${name} rename to ${sqlName(parts['to'])}`);
    case 'owner':
      return altered(`alter database ${name} owner to ${sqlName(parts['to'])}`);
    case 'limit':
      return altered(`comment on database ${name} is null`);
    case 'level':
      refuseIf(name === '"dev"', 'database', 'the isolation level of the database dev cannot be altered');
      return altered(setLevel(name, parts['level']), [
        `select redshift_catalog.rs_local_require_alone(${literal(unquoted(name))})`,
      ]);
  }
}
