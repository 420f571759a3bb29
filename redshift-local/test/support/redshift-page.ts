import { functions, emittedOnly } from '../../sql/functions.js';
import { planStatement } from '../../sql/plan-statement.js';
import { Refusal } from '../../sql/refusal.js';
import { callRewrites } from '../../sql/rewrite-calls.js';
import { rules } from '../../sql/rules.js';
import { splitStatements, tokenize } from '../../sql/tokens.js';
import { redshiftCases, type RedshiftCase } from './redshift-cases.js';

const labels = { honour: 'honoured', rewrite: 'honoured', refuse: 'not in Redshift', missing: 'not honoured here' };
const code = (text: string) => `\`${text.replaceAll('|', '\\|').replace(/\s+/g, ' ')}\``;
const cell = (text: string) => text.replaceAll('|', '\\|').replace(/([*_<])/g, '\\$1');
const row = (...cells: string[]) => `| ${cells.join(' | ')} |`;
const said = ({ sql }: RedshiftCase) => (typeof sql === 'string' ? sql : sql.join('; '));

/** why the case is refused, as the service says it, without the rule */
function reason({ sql }: RedshiftCase): string {
  const isBatch = typeof sql !== 'string';
  for (const one of isBatch ? sql : [sql]) {
    try {
      planStatement(splitStatements(tokenize(one))[0] ?? [], [], isBatch);
    } catch (error) {
      if (error instanceof Refusal) return error.message.replace(/ \[rule: .*\]$/, '');
      throw error;
    }
  }
  return '';
}

const page = (parts: { statements: string; inside: string; different: string; names: string; count: number }) => `
# The local Redshift

The embedded stack answers the Redshift Data API over PostgreSQL. It refuses what Redshift refuses, and what it cannot do as Redshift
does; a refusal ends in \`[rule: ...]\`, the name below. This page is written from the rules and the ${parts.count} cases of
\`redshift-local/cases/\` by \`npm run docs:redshift\`.

## Statements

${parts.statements}

## Refused inside of statements

${parts.inside}

## Different

${parts.different}

## Functions

${parts.names}

These, with the number of arguments that Redshift takes; any other function or operator is refused by name (\`[rule: function array_agg]\`).
Functions of users are called with their schema, or their names begin with \`f_\`. Functions of the leader node (\`format_type\`, \`now\`, ...) are answered
where a statement reads the catalog only.

## Queries

Lateral column aliases, QUALIFY, EXCLUDE, GROUP BY ALL, PIVOT, UNPIVOT, CONNECT BY, \`(+)\`, IGNORE NULLS and paths into SUPER are in no
grammar of PostgreSQL: a query is cut at its clauses and written in PostgreSQL's words. Where that depends on the columns of a table (an
alias yields to a column of its name, \`* EXCLUDE\` needs all columns), they are asked for just before the statement runs.

- SUPER: \`c.a.b[0]\` navigates, \`FROM t, t.items AS i AT n\` unnests, as \`UNNEST(t.items) WITH OFFSET AS u(i, n)\` does, \`UNPIVOT t.obj AS v AT k\` goes over attributes. What is not there is
  null, and so is a cast that fails; \`navigate_super_null_on_error\` and \`cast_super_null_on_error\` make errors of both. A path begins at a
  column or an alias. Values of other types are unequal, and neither smaller nor larger. A literal in COALESCE, CASE or IN beside SUPER
  is a value of SUPER.
- DECIMAL: a quotient has the scale of AWS's table, and what lies behind it is cut off. The digits of columns, literals, casts, computations
  and SUM, AVG, COUNT, MIN, MAX are known for it; beside any other value PostgreSQL gives the scale.
- Names fold to lower case, unless the session sets \`enable_case_sensitive_identifier\` (quoted names, of tables too) or
  \`enable_case_sensitive_super_attribute\` (attributes of SUPER).
- Names have up to 127 bytes. PostgreSQL takes 63: it knows a longer one by its beginning and a hash, which pg_class shows.
- CONNECT BY goes over one table or subquery; a cycle does not end.
- Procedures: each statement of a body is held to the rules when the procedure is made. OUT arguments come last. EXECUTE takes a text
  that begins with a literal, and is held to the rules with a name in place of each value in it; COPY, UNLOAD and a text that begins with
  a value are refused. A CALL that ends its transaction (COMMIT, ROLLBACK, TRUNCATE, NONATOMIC) runs outside of one. What it did before
  its first COMMIT is then done twice, and undone once; RAISE INFO shows that. With SECURITY DEFINER it cannot end its transaction.
- The query of an UNLOAD names tables without their database.

## Users and rights

Every statement runs with the rights of its user, through both doors. The administrator, \`awsuser\`, is what Redshift's superuser is: it
may do all that any user may, and is not a superuser of PostgreSQL.

- A request of the Data API is of the user whom its \`SecretArn\` or \`DbUser\` names, else of \`IAMR:<role>\` for the role of its key. That
  user is made at its first request and gets the database roles of its tag that exist by then, at each request again.
- \`REDSHIFT_LOCAL_USERS\` lists who signs in, as JSON: \`[{ "name": "IAMR:loader", "iamRole": "loader", "databaseRoles": ["loader"] },
  { "name": "ana", "secretArn": "arn:aws:...", "password": "..." }]\`. Without it the requests of the service's own key are the administrator's.
- Scoped permissions are of all objects, those that are made later and by others included, and apart from those on single objects. The
  administrator alone grants them. ALTER and DROP are one right here, on tables and on views.
- Who makes an external table, its columns and its partitions is the owner of its schema; who has USAGE of the schema reads them.
- Default privileges are of what their user makes.
- Quoted names of IAM's users (\`"IAMR:Loader"\`) keep their case; other names fold.

## Over the wire

The same rules answer PostgreSQL's protocol, on port 5439 of \`npm start\` and of Docker Compose: dbt-redshift, \`redshift_connector\`,
psycopg, SQLAlchemy's dialect and AWS's JDBC driver work as they come, without TLS (\`ssl=False\`, \`sslmode=disable\`) unless
\`WIRE_CERTIFICATE\` and \`WIRE_KEY\` name one. Users sign in with the password of \`CREATE USER\`; the administrator \`awsuser\` with
\`postgresPassword\` of \`.waterclock/<state>/credentials.json\`.

- A transaction is a snapshot; in a database made or altered with \`ISOLATION LEVEL SERIALIZABLE\` it is serializable. A refusal aborts it, like other errors; TRUNCATE commits it. Several statements of one query take effect
  together. A conflict is error 1023.
- SQLSTATE 42601 is a form that is not known, 42883 a function, 0A000 what is not supported or not honoured here.
- SUPER (4000) and VARBYTE (6551) have Redshift's type numbers, text is VARCHAR, \`SELECT\` ends without a count.
- Cursors by DECLARE, FETCH and CLOSE live in a transaction, one at a time; portals with a number of rows work too.
- Not honoured here: \`CANCEL\`, and a sign-in by IAM other than by name and password.
- Keys are informational: \`pg_constraint\`, \`information_schema\`, SHOW CONSTRAINTS and JDBC's \`DatabaseMetaData\` report them, nothing
  enforces them. Drivers ask the catalog for metadata, since \`show_discovery\` is not reported: \`get_imported_keys\` of
  \`redshift_connector\`, which needs it, fails in the driver.
- dbt-redshift's own functional tests run before a release. Those that do not pass, and why, are in
  \`redshift-local/test/release/dbt-redshift.yaml\`.
- The client's encoding is reported as \`UTF8\`, which Redshift calls \`UNICODE\`.

## The same cases on a real Redshift

With AWS credentials in the environment, the cases can be asked of a Redshift of your own; what is refused or different only here is
left out. They create and drop the schema \`cases\`, users, groups and roles named \`cases_...\`, and a database \`cases_db\`.

\`\`\`sh
WATERCLOCK_CASES_WORKGROUP=my-workgroup WATERCLOCK_CASES_DATABASE=dev npm test -- --project stack redshift-local/test/stack/cases.test.ts
\`\`\`

A provisioned cluster: \`WATERCLOCK_CASES_CLUSTER\` and \`WATERCLOCK_CASES_DB_USER\` in place of the workgroup.

To add a statement, add a row to a rule family in \`redshift-local/sql/rules/\` and cases to a file in \`redshift-local/cases/\`.
`;

/** docs/local-redshift.md, before it is formatted; libpg-query must be loaded */
export function redshiftPage(): string {
  const cases = redshiftCases().flatMap((file) => file.cases);
  const named = new Set(rules.map(({ name }) => name));
  const inside = new Map<string, RedshiftCase>();
  for (const item of cases) {
    const { refused } = item;
    const isListed = refused !== undefined && !named.has(refused) && !/^(function|operator) /.test(refused);
    if (isListed && !inside.has(refused)) inside.set(refused, item);
  }
  const differences = new Map<string, RedshiftCase>();
  for (const item of cases) if (item.differs && !differences.has(item.differs)) differences.set(item.differs, item);
  const names = [...functions.keys(), ...Object.keys(callRewrites)].filter(
    (name) => /^[a-z]/.test(name) && !name.startsWith('rs_local') && !emittedOnly.has(name),
  );
  return page({
    count: cases.length,
    statements: [
      row('rule', 'here', 'example', 'why'),
      row('---', '---', '---', '---'),
      ...rules.map((rule) => row(code(rule.name), labels[rule.action], code(rule.example), cell(rule.reason ?? ''))),
    ].join('\n'),
    inside: [
      row('rule', 'example', 'why'),
      row('---', '---', '---'),
      ...[...inside].map(([name, item]) => row(code(name), code(said(item)), cell(reason(item)))),
    ].join('\n'),
    different: [
      row('difference', 'example'),
      row('---', '---'),
      ...[...differences].map(([text, item]) => row(text, code(said(item)))),
    ].join('\n'),
    names: [...new Set([...names, 'listagg', 'ratio_to_report', 'cast', 'convert', 'sysdate'])].sort().join(', '),
  }).trimStart();
}
