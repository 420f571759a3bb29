import { form, match, sqlName } from '../grammar.js';
import { literal, noParameters, oneAtATime, refuseIf, type Plan, type Statement } from '../plan.js';
import { viewStates } from '../table-traits.js';
import { unquoted } from '../tokens.js';

const quota = '(?: quota (?:unlimited|[NUMBER](?: (?:mb|gb|tb))?))?';
const forms = {
  create: form(
    `create schema (?<exists>if not exists )?(?:(?<schema>(?!authorization )[NAME])(?: authorization (?<owner>[NAME]))?|authorization (?<own>[NAME]))${quota}`,
  ),
  rename: form('alter schema (?<schema>[NAME]) rename to (?<to>[NAME])'),
  owner: form('alter schema (?<schema>[NAME]) owner to (?<to>[NAME])'),
  quota: form(`alter schema (?<schema>[NAME])${quota}`),
};

/** a QUOTA is accepted, nothing measures it here */
export function schema(statement: Statement): Plan {
  noParameters(statement, 'schema');
  const { kind, parts } = match(statement.tokens, forms, 'schema');
  const name = sqlName(parts['schema'] ?? parts['own']);
  const changed = kind === 'create' ? name : sqlName(parts['to'] ?? parts['schema']);
  refuseIf(
    [name, changed].some((one) => /^"(pg_.*|_redshift_data|redshift_catalog|information_schema)"$/.test(one)),
    'schema',
    `the schema name ${changed} is reserved`,
  );
  const plan = { values: [], kind: 'ddl' as const };
  if (kind === 'rename') {
    const tables = `array(select oid from pg_catalog.pg_class where relnamespace = to_regnamespace(${literal(name)}))`;
    const before = [`select redshift_catalog.rs_local_note_altered(${tables}, ${viewStates.renameSchema})`];
    return { ...plan, sql: `alter schema ${name} rename to ${changed}`, before };
  }
  if (kind === 'owner') {
    const after = [`select redshift_catalog.rs_local_own_external(${literal(unquoted(name))})`];
    return { ...plan, sql: `alter schema ${name} owner to ${changed}`, after };
  }
  if (kind === 'quota') return { ...plan, sql: `comment on schema ${name} is null` };
  const owner = parts['owner'] ?? parts['own'];
  const authorization = owner === undefined ? '' : ` authorization ${sqlName(owner)}`;
  const exists = parts['exists'] ?? '';
  return { ...plan, sql: `create schema ${exists}${name}${authorization}`, before: [oneAtATime] };
}
