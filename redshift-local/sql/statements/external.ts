import {
  parseAlterTable,
  parseCreateSchema,
  parseCreateTable,
  parseDropSchema,
  type ExternalCommand,
} from '../../external/parse-external.js';
import { noParameters, refuseIf, type Plan, type Statement } from '../plan.js';
import type { Token } from '../tokens.js';

const planned =
  (rule: string, parse: (tokens: Token[]) => ExternalCommand) =>
  (statement: Statement): Plan => {
    noParameters(statement, rule);
    refuseIf(statement.isBatch, rule, `${rule.toUpperCase()} cannot run inside a transaction block`);
    return { sql: '', values: [], kind: 'ddl', command: { external: parse(statement.tokens) } };
  };

export const createExternalSchema = planned('create external schema', parseCreateSchema);
export const dropExternalSchema = planned('drop external schema', parseDropSchema);
export const createExternalTable = planned('create external table', parseCreateTable);
export const alterExternalTable = planned('alter external table', parseAlterTable);
