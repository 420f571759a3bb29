import { checkDefault, rewrittenDefaults } from '../default-value.js';
import { isWord } from '../tokens.js';
import { parseColumn } from '../table-definition.js';
import { parseTable } from '../types.js';
import { refuseIf, noParameters, type Plan, type Statement } from '../plan.js';
import { tree, trees, type Tree } from '../check-tree.js';
import { utility } from '../via-tree.js';

export function addColumn(statement: Statement): Plan {
  noParameters(statement, 'alter table add column');
  const { tokens } = statement;
  const { name, end } = parseTable(tokens, 2);
  const column = parseColumn(tokens.slice(isWord(tokens[end + 1], 'column') ? end + 2 : end + 1));
  refuseIf(column.isIdentity, 'alter table add column', 'a column that is added cannot be IDENTITY');
  refuseIf(
    column.isNotNull && !column.defaultValue,
    'alter table add column',
    `ADD COLUMN ${column.name} NOT NULL needs a DEFAULT`,
  );
  if (column.defaultValue) checkDefault(column.defaultValue);
  return { sql: `alter table ${name} add column ${rewrittenDefaults(column.sql)}`, values: [], kind: 'ddl' };
}

export function alterTable(statement: Statement): Plan {
  noParameters(statement, 'alter table');
  const check = (node: Tree) => {
    refuseIf(node['missing_ok'], 'alter table', 'Redshift has no ALTER TABLE IF EXISTS');
    for (const command of trees(node['cmds']).map((item) => tree(item['AlterTableCmd']))) {
      refuseIf(
        !['AT_DropColumn', 'AT_ChangeOwner'].includes(String(command['subtype'])),
        'alter table',
        'this ALTER TABLE is not honoured here',
      );
      refuseIf(command['missing_ok'], 'alter table', 'Redshift has no DROP COLUMN IF EXISTS');
    }
    refuseIf(trees(node['cmds']).length > 1, 'alter table', 'Redshift changes one column a statement');
  };
  return {
    ...utility(
      statement,
      isWord(
        statement.tokens.find(({ text }) => /^(drop|rename|owner)$/.test(text)),
        'rename',
      )
        ? 'RenameStmt'
        : 'AlterTableStmt',
      check,
    ),
    kind: 'ddl',
  };
}
