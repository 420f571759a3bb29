import { Context } from '@temporalio/activity';
import type { Submission, Watch } from '../warehouse/statements.js';
import type { Alive } from './alive.js';

/** a named statement is found again by the attempt that follows, in another call of the activity too */
export function statementWatch({ sign, signal }: Alive, kept?: unknown): Watch {
  const told = (Context.current().info.heartbeatDetails ?? kept) as Submission | undefined;
  return {
    signal,
    progress: (statement) => (statement.name ? sign(statement) : sign()),
    listing: () => sign(),
    ...(told?.name && { resume: told }),
  };
}
