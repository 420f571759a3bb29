import { cancelStatement } from './operations/cancel-statement.js';
import { describeStatement } from './operations/describe-statement.js';
import { describeTable } from './operations/describe-table.js';
import { executeStatement } from './operations/execute-statement.js';
import { listDatabases } from './operations/list-databases.js';
import { listSchemas } from './operations/list-schemas.js';
import { listSessions } from './operations/list-sessions.js';
import { listStatements } from './operations/list-statements.js';
import { listTables } from './operations/list-tables.js';
import type { Operation, OperationParts } from './operations/operation.js';
import { statementResult } from './operations/statement-result.js';

/** all that the Redshift Data API has, by the names that requests give */
export const operations = (parts: OperationParts): Record<string, Operation> => ({
  ...executeStatement(parts),
  ...statementResult(parts),
  DescribeStatement: describeStatement(parts),
  CancelStatement: cancelStatement(parts),
  ListStatements: listStatements(parts),
  ListSessions: listSessions(parts),
  ListDatabases: listDatabases(parts),
  ListSchemas: listSchemas(parts),
  ListTables: listTables(parts),
  DescribeTable: describeTable(parts),
});
