import { TerminalError, TransientError } from '../../model/errors.js';
import { outcomeOf } from './summarize.js';
import type { NodeResult } from './artifacts.js';

/** what drivers and servers say when trying again is worth it */
const transient = new RegExp(
  [
    'could not connect|connection refused|connection reset|connection timed? ?out|connection to server .* failed: (?!FATAL)',
    'server closed the connection|terminating connection|connection (already|is|has been|was) (closed|lost|terminated)|closed the connection unexpectedly',
    'SSL (SYSCALL|connection)|broken ?pipe|EOF detected|communication error|timeout expired|operation timed out',
    'could not translate host name|name or service not known|temporary failure in name resolution|network is unreachable|no route to host',
    'the database system is (starting up|shutting down|in recovery|not yet accepting)|too many (clients|connections)|remaining connection slots',
    'deadlock detected|could not serialize|serializable isolation violation|concurrent (update|transaction)|conflict with concurrent|could not open relation with OID|cache lookup failed',
    'throttl|rate exceeded|service unavailable|ExpiredToken',
  ].join('|'),
  'i',
);

export function isTransient(message: string): boolean {
  return transient.test(message);
}

/** nodes that failed for want of a connection say nothing about their models: the build is tried again */
export function assertConnected(results: NodeResult[]): void {
  const lost = results.find((result) => outcomeOf(result) === 'failed' && isTransient(result.message ?? ''));
  if (lost) throw new TransientError(`dbt lost the warehouse at ${lost.unique_id}: ${oneLine(lost.message ?? '')}`);
}

/** a build that ended before any node could run */
export function faultOf(code: number | null, errors: string[], stderr: string): Error {
  const told = errors.length > 0 ? errors.join(' ') : stderr;
  const message = oneLine(told.replace(/^Encountered an error:\s*/, '')) || `it ended with code ${code}`;
  if (isTransient(told)) return new TransientError(`dbt cannot reach the warehouse: ${message}`);
  // killed from outside (memory, a stopping machine): nothing is known about the models
  if (code === null) return new TransientError(`dbt was killed: ${message}`);
  return new TerminalError('DbtFailed', `dbt could not build: ${message}`);
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 500 ? `${line.slice(0, 499)}…` : line;
}
