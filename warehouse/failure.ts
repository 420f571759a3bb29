import type { DescribeStatementCommandOutput } from '@aws-sdk/client-redshift-data';
import { TerminalError, TransientError } from '../model/errors.js';

export type Ended = Pick<
  DescribeStatementCommandOutput,
  'Id' | 'Status' | 'HasResultSet' | 'Error' | 'QueryString' | 'SubStatements' | 'RedshiftQueryId'
>;

/** conflicts, lost connections, a warehouse that pauses or is worked on, and races with DDL, the catalog's views included */
const passingReason =
  /\b(1018|1023|40001|57P0\d)\b|serializ|deadlock|could not obtain lock|connection (was |has been |is )?(lost|reset|refused|closed|timed out|terminated|broken)|terminating connection|\b(paused|pausing|resum(e|ing)|maintenance|rebooting|restarting)\b|throttl|rate exceeded|slow ?down|service unavailable|already exists|could not open relation with OID|cache lookup failed|concurrent/i;

/** what is quoted is somebody's name for something */
const isPassing = (reason: string) => passingReason.test(reason.replace(/"[^"]*"/g, '""'));

/** refusals of the client's doing by protocol that pass all the same */
const passingException = /Throttl|TooManyRequests|Exceeded|Timeout|ExpiredToken|RequestExpired|ResourceNotFound/;

/** a request that the Data API did not take or answer */
export function requestFailure(error: unknown): Error {
  if (!(error instanceof Error) || error instanceof TerminalError || error instanceof TransientError) {
    return error instanceof Error ? error : new Error(String(error));
  }
  const isRefused = '$fault' in error && error.$fault === 'client';
  const passes = !isRefused || passingException.test(error.name) || isPassing(error.message);
  const message = `the Data API answered ${error.name}: ${error.message}`;
  return passes
    ? new TransientError(message, { cause: error })
    : new TerminalError('WarehouseRejected', message, { cause: error });
}

/** the part of a batch at which it ended */
export function failedPart({ SubStatements }: Ended) {
  return SubStatements?.find(({ Status }) => Status === 'FAILED');
}

/** a statement that ended badly: cancelled by somebody is no verdict on it */
export function statementFailure(ended: Ended): Error {
  const part = failedPart(ended);
  const sql = (part?.QueryString ?? ended.QueryString ?? '').replace(/\s+/g, ' ').slice(0, 300);
  const reason = ended.Error ?? part?.Error ?? 'no reason given';
  const message = `the warehouse answered ${ended.Status}: ${reason} (statement ${ended.Id}: ${sql})`;
  return ended.Status === 'ABORTED' || isPassing(reason)
    ? new TransientError(message)
    : new TerminalError('WarehouseRejected', message);
}
