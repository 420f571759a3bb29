import { altering } from '../borrowed.js';
import { checkDefault, rewrittenDefaults } from '../default-value.js';
import { form, match, sqlName, sqlNames } from '../grammar.js';
import { literal, noParameters, refuseIf, type Plan, type Statement } from '../plan.js';
import { rebind, renameLate, unbind } from '../late-binding.js';
import { encodings, typesOf } from '../encodings.js';
import { checkSortKey } from '../table-attributes.js';
import { noConstraint, parseColumn } from '../table-definition.js';
import { tableKey } from '../key-constraints.js';
import { dropKey, noteAltered, noteTraits, requireAlterable, type Traits } from '../table-traits.js';
import { isWord, tokenize, unquoted } from '../tokens.js';
import { parseTable, parseType } from '../types.js';

const encoding = `(?:${encodings.join('|')})`;
const forms = {
  dropColumn: form(
    'alter table (?<table>[TABLE]) drop (?:column )?(?!constraint )(?<column>[NAME])(?<mode> cascade| restrict)?',
  ),
  renameColumn: form('alter table (?<table>[TABLE]) rename column (?<column>[NAME]) to (?<to>[NAME])'),
  rename: form('alter table (?<table>[TABLE]) rename to (?<to>[NAME])'),
  owner: form('alter table (?<table>[TABLE]) owner to (?<to>[NAME])'),
  type: form('alter table (?<table>[TABLE]) alter column (?<column>[NAME]) type (?<type>.+)'),
  encode: form(
    `alter table (?<table>[TABLE]) (?<columns>alter column [NAME] encode ${encoding}(?: , alter column [NAME] encode ${encoding})*)`,
  ),
  encodeAuto: form('alter table (?<table>[TABLE]) alter encode auto'),
  layout: form(
    'alter table (?<table>[TABLE]) (?<first>alter (?:diststyle [a-z]+|(?:diststyle key )?distkey [NAME])|alter (?:compound )?sortkey \\( [NAMES] \\)) , (?<second>alter .+)',
  ),
  distribution: form(
    'alter table (?<table>[TABLE]) alter (?:diststyle (?<style>all|even|auto)|(?:diststyle key )?distkey (?<columns>[NAME]))',
  ),
  sortKey: form(
    'alter table (?<table>[TABLE]) alter (?:sortkey (?:auto|none)|(?:compound )?sortkey \\( (?<columns>[NAMES]) \\))',
  ),
  key: form(
    'alter table (?<table>[TABLE]) add (?:constraint (?<name>[NAME]) )?(?<key>(?:primary key|unique|foreign key) \\( .+)',
  ),
  dropKey: form('alter table (?<table>[TABLE]) drop constraint (?<name>[NAME])(?<mode> cascade| restrict)?'),
};
const alone: (keyof typeof forms)[] = ['type', 'encode', 'encodeAuto'];

export function alterTable(statement: Statement): Plan {
  noParameters(statement, 'alter table');
  const { kind, parts } = match(statement.tokens, forms, 'alter table');
  const table = sqlName(parts['table']);
  const column = parts['column'] === undefined ? '' : sqlName(parts['column']);
  refuseIf(
    statement.isBatch && alone.includes(kind),
    'alter table in a transaction',
    'ALTER TABLE ALTER COLUMN cannot run inside a transaction block: send it on its own',
  );
  const changed = (change: string): Plan => ({
    sql: `alter table ${table} ${change}`,
    values: [],
    kind: 'ddl',
    before: [unbind(table)],
    after: [rebind],
  });
  const lent = (plan: Plan) => altering(table, plan);
  const columns = parts['columns'] === undefined ? [] : kind === 'encode' ? [] : sqlNames(parts['columns']);
  // what PostgreSQL has no notion of: its columns must exist, and are noted
  const noted = (names: string[], traits: Traits, before: string[] = []): Plan => ({
    sql: `select ${names.join(', ')} from ${table} limit 0`,
    values: [],
    kind: 'ddl',
    before,
    after: [noteTraits(table, traits, false)],
  });
  switch (kind) {
    case 'dropColumn': {
      const mode = parts['mode'] ?? '';
      const plan = changed(`drop column ${column}${mode}`);
      return lent({
        ...plan,
        before: [requireAlterable(table, `drop${mode}`, column), noteAltered(table, kind), unbind(table)],
      });
    }
    case 'renameColumn': {
      const plan = changed(`rename column ${column} to ${sqlName(parts['to'])}`);
      return lent({ ...plan, before: [noteAltered(table, kind), unbind(table)] });
    }
    case 'rename': {
      const to = sqlName(parts['to']);
      refuseIf(
        to.startsWith('"#'),
        'alter table',
        `a permanent table cannot be renamed to ${to}: # begins temporary names`,
      );
      const plan = changed(`rename to ${to}`);
      const before = [requireAlterable(table, 'rename'), noteAltered(table, kind), ...(plan.before ?? [])];
      return lent({ ...plan, before, after: [renameLate(table, to), rebind] });
    }
    case 'owner':
      return {
        ...changed(''),
        sql: `select redshift_catalog.rs_local_hand_over('table', ${literal(table)}::regclass, ${literal(unquoted(sqlName(parts['to'])))})`,
      };
    case 'type': {
      const written = tokenize(parts['type'] ?? '');
      const found = parseType(written, 0);
      const type = found.type.pg;
      refuseIf(
        found.end < written.length,
        'alter column type',
        `syntax error at or near "${written[found.end]?.text}": ALTER TABLE changes the type of one column at a time`,
      );
      refuseIf(
        !/^character varying\(\d+\)$/.test(type),
        'alter column type',
        `only the size of a VARCHAR column can be changed, not the type: got ${parts['type']}`,
      );
      const guard = `select redshift_catalog.rs_local_require_varchar(${literal(table)}, ${literal(unquoted(column))})`;
      const plan = changed(`alter column ${column} type ${type}`);
      return lent({
        ...plan,
        before: [guard, requireAlterable(table, 'type', column), noteAltered(table, kind), unbind(table)],
      });
    }
    case 'encode': {
      const said = [...(parts['columns'] ?? '').matchAll(/alter column (\S+) encode (\S+)/g)];
      const pairs = said.map(([, name = '', encoding = '']) => [sqlName(name), encoding] as const);
      refuseIf(new Set(pairs.map(([name]) => name)).size < pairs.length, 'alter table', 'a column is altered once');
      const guards = pairs.flatMap(([name, encoding]) => [
        requireAlterable(table, `encode ${encoding}`, name),
        `select redshift_catalog.rs_local_require_encoding(${literal(table)}, ${literal(unquoted(name))}, ${literal(encoding)}, ${literal(`{${typesOf(encoding).join(',')}}`)})`,
      ]);
      return noted(
        pairs.map(([name]) => name),
        { encodings: Object.fromEntries(pairs) },
        guards,
      );
    }
    case 'layout': {
      // one of the sort key, one of the distribution, in either order
      const halves = [parts['first'], parts['second']].map((half) =>
        match(tokenize(`alter table ${parts['table']} ${half}`), forms, 'alter table'),
      );
      refuseIf(
        halves
          .map((half) => half.kind)
          .sort()
          .join() !== 'distribution,sortKey',
        'alter table',
        'ALTER SORTKEY goes with ALTER DISTKEY or ALTER DISTSTYLE, and with nothing else',
      );
      const plans = [parts['first'], parts['second']].map((half) =>
        alterTable({ ...statement, tokens: tokenize(`alter table ${parts['table']} ${half}`) }),
      );
      const [first, second] = plans;
      return {
        sql: first?.sql ?? '',
        values: [],
        kind: 'ddl',
        before: [...(first?.before ?? []), ...(second?.before ?? []), second?.sql ?? ''],
        after: plans.flatMap(({ after = [] }) => after),
      };
    }
    case 'encodeAuto':
      return noted([], {});
    case 'distribution': {
      const change = parts['style'] === undefined ? 'distkey' : `diststyle ${parts['style']}`;
      return noted(columns, { distKey: columns[0] ?? '', distStyle: parts['style'] ?? 'key' }, [
        requireAlterable(table, change),
      ]);
    }
    case 'sortKey':
      checkSortKey({ sortKey: columns });
      return noted(columns, { sortKey: columns });
    case 'key': {
      const key = tableKey(tokenize(parts['key'] ?? ''));
      const name = parts['name'] === undefined ? undefined : sqlName(parts['name']);
      const isPrimary = key.type === 'primary key';
      return noted(
        key.columns,
        { keys: key.columns, constraints: [{ ...key, name }] },
        isPrimary ? key.columns.map((column) => requireAlterable(table, 'primary key', column)) : [],
      );
    }
    case 'dropKey': {
      const drop = dropKey(table, sqlName(parts['name']), parts['mode'] === ' cascade');
      return lent({ ...noted(['1'], {}), after: [drop] });
    }
  }
}

const append = {
  append: form('alter table (?<target>[TABLE]) append from (?<source>[TABLE])(?: (?<mode>ignoreextra|filltarget))?'),
};

/** moves the rows, empties the source, and commits at once */
export function appendTable(statement: Statement): Plan {
  noParameters(statement, 'alter table append');
  refuseIf(statement.isBatch, 'alter table append', 'ALTER TABLE APPEND cannot run inside a transaction block');
  const { parts } = match(statement.tokens, append, 'alter table append');
  const [target, source] = [sqlName(parts['target']), sqlName(parts['source'])];
  refuseIf(target === source, 'alter table append', 'source and target of ALTER TABLE APPEND are the same table');
  return {
    sql: `select redshift_catalog.rs_local_append(${literal(target)}, ${literal(source)}, ${literal(parts['mode'] ?? '')})`,
    values: [],
    kind: 'ddl',
  };
}

export function addColumn(statement: Statement): Plan {
  noParameters(statement, 'alter table add column');
  const { tokens } = statement;
  const { name, end } = parseTable(tokens, 2);
  const first = tokens[isWord(tokens[end + 1], 'column') ? end + 2 : end + 1];
  refuseIf(
    isWord(first, 'if'),
    'alter table add column',
    'Redshift has no ADD COLUMN IF NOT EXISTS: ask svv_columns first',
  );
  if (isWord(first, 'constraint', 'check'))
    throw noConstraint(tokens.find((token) => isWord(token, 'check', 'exclude')) ?? first);
  const column = parseColumn(tokens.slice(isWord(tokens[end + 1], 'column') ? end + 2 : end + 1));
  refuseIf(column.isIdentity, 'alter table add column', 'a column that is added cannot be IDENTITY');
  refuseIf(
    column.isKey || column.constraints.length > 0,
    'alter table add column',
    'a column that is added cannot be DISTKEY, SORTKEY, PRIMARY KEY, UNIQUE or REFERENCES',
  );
  refuseIf(
    column.isNotNull && !column.defaultValue,
    'alter table add column',
    `ADD COLUMN ${column.name} NOT NULL needs a DEFAULT`,
  );
  if (column.defaultValue) checkDefault(column.defaultValue);
  const sql = `alter table ${name} add column ${rewrittenDefaults(column.sql)}`;
  const noted = noteTraits(name, column.encoding ? { encodings: { [column.name]: column.encoding } } : {}, false);
  return altering(name, { sql, values: [], kind: 'ddl', after: [noted, rebind] });
}
