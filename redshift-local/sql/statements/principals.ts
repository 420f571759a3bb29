import { form, match, sqlName, sqlNames } from '../grammar.js';
import { isWord, unquoted } from '../tokens.js';
import { literal, noParameters, oneAtATime, refuseIf, type Plan, type Statement } from '../plan.js';

const option =
  '(?: (?:createdb|nocreatedb|createuser|nocreateuser|syslog access (?:restricted|unrestricted)|valid until [STRING]|connection limit (?:unlimited|[NUMBER])|session timeout [NUMBER]|reset session timeout|externalid [STRING]|in group (?<groups>[NAMES])))*';
const forms = {
  createUser: form(
    `create user (?<name>[NAME])(?: with)?${option} password (?<password>[STRING]|disable)${option.replace('groups', 'more')}`,
  ),
  renameUser: form('alter user (?<name>[NAME]) rename to (?<to>[NAME])'),
  alterUser: form(`alter user (?<name>[NAME])(?: with)?(?: password (?<password>[STRING]|disable))?${option}`),
  dropUser: form('drop user (?<exists>if exists )?(?<names>[NAMES])'),
  createGroup: form('create group (?<name>[NAME])(?:(?: with)? user (?<users>[NAMES]))?'),
  addToGroup: form('alter group (?<name>[NAME]) add user (?<users>[NAMES])'),
  dropFromGroup: form('alter group (?<name>[NAME]) drop user (?<users>[NAMES])'),
  renameGroup: form('alter group (?<name>[NAME]) rename to (?<to>[NAME])'),
  dropGroup: form('drop group (?<names>[NAME])'),
  createRole: form('create role (?<name>[NAME])(?: externalid [STRING])?'),
  renameRole: form('alter role (?<name>[NAME])(?: with)? rename to (?<to>[NAME])'),
  dropRole: form('drop role (?<names>[NAME])(?<force> force)?(?: restrict)?'),
};

/** users, groups and roles are PostgreSQL's roles, told apart by their comment; users sign in on the wire, by their password */
export function principal(statement: Statement): Plan {
  noParameters(statement, 'principal');
  const { kind, parts } = match(statement.tokens, forms, 'principal');
  const name = parts['name'] === undefined ? '' : sqlName(parts['name']);
  const before = [superuserFor(statement, kind, name), oneAtATime];
  const made = (sql: string, ...after: string[]): Plan => ({ sql, values: [], kind: 'ddl', before, after });
  refuseIf(
    statement.tokens.some((token) => isWord(token, 'createuser')),
    'principal',
    'the administrator is the only superuser here: CREATEUSER makes none',
  );
  const users = parts['users'] === undefined ? [] : sqlNames(parts['users']);
  const commented = (what: string) => `comment on role ${name} is 'redshift ${what}'`;
  checkPassword(parts['password']);
  const createdb = statement.tokens.some((token) => isWord(token, 'createdb')) ? ' createdb' : '';
  refuseIf(
    [parts['name'], parts['names'], parts['to']].some((one) => one?.startsWith('"sys:')),
    'principal',
    'names that begin with sys: are those of the system-defined roles, which are not created, altered or dropped',
  );
  switch (kind) {
    case 'createUser': {
      const groups = [parts['groups'], parts['more']].flatMap((names) => (names === undefined ? [] : sqlNames(names)));
      return made(
        `create role ${name} login${createdb}${stored(parts['password'])}`,
        commented('user'),
        ...groups.map((group) => `grant ${group} to ${name}`),
      );
    }
    case 'createGroup':
      return made(`create role ${name}`, commented('group'), ...users.map((user) => `grant ${name} to ${user}`));
    case 'createRole':
      return made(`create role ${name}`, commented('role'));
    case 'alterUser':
      return made(commented('user'), ...(parts['password'] ? [`alter role ${name}${stored(parts['password'])}`] : []));
    case 'addToGroup':
      return made(`grant ${name} to ${users.join(', ')}`);
    case 'dropFromGroup':
      return made(`revoke ${name} from ${users.join(', ')}`);
    case 'renameUser':
    case 'renameGroup':
    case 'renameRole':
      return made(`alter role ${name} rename to ${sqlName(parts['to'])}`);
    case 'dropRole': {
      const role = sqlName(parts['names']);
      const free = `select redshift_catalog.rs_local_require_free_role(${literal(unquoted(role))})`;
      return { ...made(`drop role ${role}`), before: [...before, ...(parts['force'] ? [] : [free])] };
    }
    case 'dropUser':
    case 'dropGroup':
      return made(`drop role ${parts['exists'] ?? ''}${sqlNames(parts['names']).join(', ')}`);
  }
}

/** users, groups and roles are the superuser's to manage; a user changes its own password */
function superuserFor({ tokens }: Statement, kind: string, name: string): string {
  const [verb, object] = tokens.map(({ text }) => text);
  const required = `redshift_catalog.rs_local_require_superuser('${verb} ${object}s')`;
  return kind === 'alterUser'
    ? `select case when session_user <> ${literal(unquoted(name))} then ${required} end`
    : `select ${required}`;
}

/** Redshift's SHA-256 is not PostgreSQL's: such a user does not sign in here */
const stored = (written = 'disable') =>
  ` password ${written === 'disable' || written.startsWith("'sha256|") ? 'null' : written}`;

function checkPassword(written: string | undefined): void {
  if (written === undefined || written === 'disable' || /^'(md5|sha256\|)/.test(written)) return;
  const password = written.slice(1, -1);
  const isRight =
    password.length >= 8 && password.length <= 64 && [/[a-z]/, /[A-Z]/, /\d/].every((kind) => kind.test(password));
  refuseIf(
    !isRight,
    'password',
    'a password has 8 to 64 characters, with an upper-case and a lower-case letter and a digit',
  );
}
