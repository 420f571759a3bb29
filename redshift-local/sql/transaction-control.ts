import type { Plan, Statement } from './plan.js';
import { Refusal } from './refusal.js';
import { render } from './tokens.js';

const rule = 'transaction control';
const begin =
  /^(?:begin|start transaction)(?: (?:work|transaction))?((?: isolation level (?:serializable|read committed|read uncommitted|repeatable read)| read only| read write| ,)*)$/;
const end = /^(commit|end|rollback|abort)(?: (?:work|transaction))?$/;

/** honoured where nothing else opens transactions: in a session, and between the statements of an AUTO_COMMIT batch */
export function transactionControl({ tokens, isBatch, isBegun }: Statement): Plan {
  if (isBatch && !isBegun)
    throw new Refusal(
      rule,
      'a batch is one transaction: leave BEGIN, COMMIT and ROLLBACK out, or ask for ExecutionMode AUTO_COMMIT',
    );
  const sql = render(tokens).replace(/\s+/g, ' ');
  const begun = begin.exec(sql);
  if (begun) {
    const access = /read only/.exec(begun[1] ?? '') ? ' read only' : '';
    // the database's own level, whichever is said
    return { sql: `begin${access}`, values: [], kind: 'control' };
  }
  const ended = end.exec(sql)?.[1];
  if (!ended)
    throw new Refusal(rule, `syntax error at or near "${sql.split(' ')[1] ?? sql}": Redshift has no savepoints`);
  return { sql: ended === 'commit' || ended === 'end' ? 'commit' : 'rollback', values: [], kind: 'control' };
}
