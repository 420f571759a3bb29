import { text, tree, trees, type Tree } from '../check-tree.js';
import { noParameters, refuseIf, type Plan, type Statement } from '../plan.js';
import { isSign, isWord, type Token } from '../tokens.js';
import { granteesFrom, requirePrincipals } from './grantees.js';
import { utility } from '../via-tree.js';

/** privileges of Redshift that PostgreSQL spells MAINTAIN */
const maintained = ['drop', 'alter'];

/** GRANT and REVOKE on objects; users, groups and roles are one kind in PostgreSQL */
export function grant(statement: Statement): Plan {
  noParameters(statement, 'grant');
  const check = (node: Tree) => {
    refuseIf(
      !['OBJECT_TABLE', 'OBJECT_SCHEMA', 'OBJECT_DATABASE', 'OBJECT_FUNCTION', 'OBJECT_PROCEDURE'].includes(
        String(node['objtype']),
      ),
      'grant',
      'tables, schemas, databases, functions and procedures are granted here, nothing else',
    );
    refuseIf(node['grantor'], 'grant', 'Redshift has no GRANTED BY');
    const known =
      /^(select|insert|update|delete|drop|references|alter|truncate|create|temp|temporary|usage|execute|maintain)$/;
    for (const item of trees(node['privileges'])) {
      // ALL of columns has no name
      const name = text(tree(item['AccessPriv'])['priv_name']) || 'select';
      refuseIf(!known.test(name), 'grant', `Redshift has no privilege ${name.toUpperCase()}`);
      refuseIf(
        tree(item['AccessPriv'])['cols'] && !/^(select|update)$/.test(name),
        'grant',
        `SELECT, UPDATE and ALL are granted on columns, not ${name.toUpperCase()}`,
      );
    }
  };
  refuseIf(isWord(statement.tokens[1], 'maintain'), 'grant', 'Redshift has no privilege MAINTAIN');
  const grantees = granteesFrom(statement.tokens, granteesAt(statement.tokens));
  const hasOption = statement.tokens.some((token, at) => isWord(token, 'with') && at > granteesAt(statement.tokens));
  refuseIf(
    hasOption && (grantees.length === 0 || grantees.some(({ kind }) => kind !== 'user')),
    'grant',
    'WITH GRANT OPTION is of users only: it cannot be granted to a group, a role or PUBLIC',
  );
  return {
    ...utility({ ...statement, tokens: plainGrantees(statement.tokens) }, 'GrantStmt', check),
    kind: 'ddl',
    before: requirePrincipals(grantees),
  };
}

/** GRANT ROLE r TO u, or TO ROLE s */
export function grantRole(statement: Statement): Plan {
  noParameters(statement, 'grant role');
  const tokens = statement.tokens.filter((token) => !isWord(token, 'role'));
  const role = statement.tokens.findIndex((token) => isWord(token, 'role'));
  const to = granteesAt(statement.tokens);
  const before = requirePrincipals([
    ...granteesFrom(statement.tokens.slice(0, to - 1), role + 1).map(({ name }) => ({ kind: 'role' as const, name })),
    ...granteesFrom(statement.tokens, to),
  ]);
  return { ...utility({ ...statement, tokens }, 'GrantRoleStmt', () => undefined), kind: 'ddl', before };
}

export function defaultPrivileges(statement: Statement): Plan {
  noParameters(statement, 'default privileges');
  const on = statement.tokens.findIndex((token) => isWord(token, 'on'));
  refuseIf(
    !isWord(statement.tokens[on + 1], 'tables', 'functions', 'procedures') || isWord(statement.tokens[4], 'role'),
    'default privileges',
    'ALTER DEFAULT PRIVILEGES [FOR USER ...] [IN SCHEMA ...] is of TABLES, FUNCTIONS and PROCEDURES',
  );
  // PostgreSQL's functions are both
  const tokens = plainGrantees(statement.tokens).map((token) =>
    isWord(token, 'procedures') ? { ...token, text: 'functions' } : token,
  );
  const before = requirePrincipals(granteesFrom(statement.tokens, granteesAt(statement.tokens)));
  return { ...utility({ ...statement, tokens }, 'AlterDefaultPrivilegesStmt', () => undefined), kind: 'ddl', before };
}

const granteesAt = (tokens: Token[]) => tokens.findLastIndex((token) => isWord(token, 'to', 'from')) + 1;

function plainGrantees(tokens: Token[]): Token[] {
  const to = granteesAt(tokens) - 1;
  return tokens.flatMap((token, at) => {
    const startsGrantee = at > to && (at === to + 1 || isSign(tokens[at - 1], ','));
    if (startsGrantee && isWord(token, 'role', 'group') && at + 1 < tokens.length) return [];
    const isPrivilege = at < to && isWord(token, ...maintained) && !isWord(tokens[at - 1], 'default');
    return [isPrivilege && at > 0 ? { ...token, text: 'maintain' } : token];
  });
}
