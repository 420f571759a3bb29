import { isWord, render } from '../tokens.js';
import { parseTable } from '../types.js';
import { refuseIf, noParameters, type Plan, type Statement } from '../plan.js';

const vacuumWords = ['full', 'sort', 'delete', 'only', 'reindex', 'recluster', 'verbose'];

export const maintain =
  (command: 'vacuum' | 'analyze') =>
  (statement: Statement): Plan => {
    noParameters(statement, command);
    refuseIf(
      statement.isBatch && command === 'vacuum',
      'vacuum in a batch',
      'VACUUM cannot run inside a transaction block',
    );
    const { tokens } = statement;
    let at = 1;
    while (isWord(tokens[at], ...vacuumWords)) at++;
    const named = at < tokens.length && !isWord(tokens[at], 'to', 'boost', 'predicate');
    const { name, end } = named ? parseTable(tokens, at) : { name: '', end: at };
    const rest = render(tokens.slice(end));
    const allowed =
      command === 'vacuum' ? /^(to \d+ percent)? ?(boost)?$/ : /^(\([\w", ]+\))?( ?(predicate columns|all columns))?$/;
    refuseIf(!allowed.test(rest), command, `syntax error at or near "${tokens[end]?.text}"`);
    return { sql: `${command} ${name}`.trim(), values: [], kind: command === 'vacuum' ? 'maintenance' : 'ddl' };
  };
