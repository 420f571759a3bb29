import pg from 'pg';
import { isUserCancel, redshiftMessage } from '../pg-errors.js';
import { Refusal } from '../sql/refusal.js';
import type { Said } from './server-messages.js';

/** an error of the protocol itself, with its SQLSTATE */
export class WireError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly severity = 'ERROR',
  ) {
    super(message);
    this.name = 'WireError';
  }
}

/** of a refusal, by its rule; all others are features that are not supported */
const states: [RegExp, string][] = [
  [/^(syntax|no rule|values|transaction control)$/, '42601'],
  [/^function |^operator/, '42883'],
  [/^system table$/, '42P01'],
  [/^schema$/, '3F000'],
  [/^parameter$/, '42601'],
];

function stateOf(error: unknown): string {
  if (error instanceof WireError) return error.code;
  if (error instanceof Refusal) return states.find(([rule]) => rule.test(error.rule))?.[1] ?? '0A000';
  // Redshift's conflict of transactions is error 1023, without a state of its own
  if (error instanceof pg.DatabaseError) return error.code === '40001' ? 'XX000' : (error.code ?? 'XX000');
  return 'XX000';
}

/** an error as the Data API words it, in the fields of the protocol */
export function wireError(error: unknown): Said {
  const code = stateOf(error);
  if (isUserCancel(error)) return { severity: 'ERROR', code, message: `Query cancelled on user's request` };
  const [, severity = 'ERROR', message = '', detail] =
    /^(\w+): ([\s\S]*?)(?: (?:Detail|DETAIL): ([\s\S]*))?$/.exec(redshiftMessage(error)) ?? [];
  return { severity: error instanceof WireError ? error.severity : severity, code, message, detail };
}
