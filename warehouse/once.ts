import type { Ended } from './failure.js';
import type { StatementName } from './statement-name.js';
import { clientToken, statementName } from './statement-name.js';
import { isEnd, type Listed, type Statements, type Watch } from './statements.js';

/** ms that statements of another run may go on before they are cancelled: it has ended, or is about to commit */
const patience = 10_000;

interface Once {
  done: Pick<Ended, 'Id' | 'Status'>;
  /** an earlier attempt sent it, which may have been of another version: its statements need not be these */
  isFound: boolean;
}

/** named batches, each of which takes effect once, whatever became of the attempts before */
export function onceOnly(statements: Statements, { resume, isFirst }: Watch) {
  /** what is known of the statements of one interval and entity: looked up once an attempt */
  const known = new Map<string, Promise<Listed[]>>();

  async function lookUp({ of, runId }: StatementName): Promise<Listed[]> {
    const found = await statements.list(`${of}:`);
    // a statement that is not listed yet
    if (resume?.name?.startsWith(`${of}:`) && !found.some(({ Id }) => Id === resume.id)) {
      found.push({ Id: resume.id, StatementName: resume.name, Status: 'STARTED' });
    }
    const isOwn = (one: Listed) => one.StatementName?.endsWith(`:${runId}`);
    for (const one of found) if (one.Id && !isOwn(one) && !isEnd(one.Status)) await statements.ending(one.Id, patience);
    return found.filter(isOwn);
  }

  return async function once(sqls: string[], of: StatementName, parameters?: Record<string, string>): Promise<Once> {
    const name = statementName(of);
    const isUnlooked = isFirst === true && !known.has(of.of);
    const looked = known.get(of.of) ?? (isUnlooked ? Promise.resolve([]) : lookUp(of));
    known.set(of.of, looked);
    const own = (await looked).filter(({ StatementName }) => StatementName === name);
    const finished = own.find(({ Status }) => Status === 'FINISHED');
    if (finished) return { done: finished, isFound: true };
    const live = own.find(({ Status }) => !isEnd(Status));
    const failures = own.filter(({ Status }) => isEnd(Status)).length;
    if (live?.Id) return { done: await statements.ended({ id: live.Id, name }), isFound: true };
    const labels = { StatementName: name, ClientToken: clientToken(name, failures) };
    const done = await statements.submit(sqls, parameters, labels);
    if (isUnlooked && done.Status !== 'FINISHED') {
      // the token may have found the failure of a call before this one
      known.set(of.of, lookUp(of));
      return once(sqls, of, parameters);
    }
    (await looked).push({ Id: done.Id, StatementName: name, Status: done.Status });
    return { done, isFound: false };
  };
}
