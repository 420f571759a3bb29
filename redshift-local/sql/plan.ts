import type { Command } from '../commands.js';
import type { Parameter } from './parameters.js';
import type { Catalog } from './query/scope.js';
import { Refusal } from './refusal.js';
import type { Said, Token } from './tokens.js';

export interface Statement {
  tokens: Token[];
  parameters: Parameter[];
  /** inside a transaction it shares with others: a batch, or one that a BEGIN has opened */
  isBatch: boolean;
  /** that transaction was opened by a BEGIN */
  isBegun?: boolean;
  /** columns of the tables it names, as far as they are known */
  catalog: Catalog;
  /** a statement inside of this one, as it would be planned in its transaction */
  planInner: (tokens: Token[]) => Plan;
}

export interface Plan {
  /** PostgreSQL text, empty for a command */
  sql: string;
  values: string[];
  /** a lock must come before the transaction's snapshot; maintenance runs outside a transaction; control begins and ends one */
  kind: 'query' | 'write' | 'ddl' | 'lock' | 'maintenance' | 'control' | 'setting';
  /** PostgreSQL text run first and last, in the same transaction: what must hold, what must follow */
  before?: string[];
  after?: string[];
  command?: Command;
  /** it commits what its transaction did so far; what comes after begins another */
  commits?: boolean;
  /** names said inside of its literals */
  names?: Said[];
}

export const refuseIf = (condition: unknown, rule: string, reason: string) => {
  if (condition) throw new Refusal(rule, reason);
};
export const noParameters = ({ tokens }: Statement, rule: string) =>
  refuseIf(
    tokens.some(({ kind }) => kind === 'parameter'),
    rule,
    'parameters are allowed in SELECT, INSERT, UPDATE, DELETE and MERGE only',
  );

/** PostgreSQL's IF NOT EXISTS and OR REPLACE fail when two do them at once */
export const oneAtATime = 'select pg_advisory_xact_lock(7264812)';

export { literal } from './literal.js';
