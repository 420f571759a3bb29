import type { DescribeStatementCommandOutput } from '@aws-sdk/client-redshift-data';
import { TerminalError, TransientError } from '../model/errors.js';
import { withoutValues } from '../model/without-values.js';
import { isPassing } from './passing.js';

export type Ended = Pick<
  DescribeStatementCommandOutput,
  'Id' | 'Status' | 'HasResultSet' | 'Error' | 'QueryString' | 'SubStatements' | 'RedshiftQueryId'
>;

/** as the warehouse alone says it: by code, of conflicts and of its own state; statements of ours that race create what is there */
const passingState =
  /\b(1018|1023|40001|57P0\d)\b|serializ|concurrent|already exists|\b(paused|pausing|resum(e|ing)|maintenance|rebooting|restarting)\b/i;

/** refusals of the client's doing by protocol that pass all the same */
const passingException = /Throttl|TooManyRequests|Exceeded|Timeout|ExpiredToken|RequestExpired|ResourceNotFound/;

/** a request that the Data API did not take or answer */
export function requestFailure(error: unknown): Error {
  if (!(error instanceof Error) || error instanceof TerminalError || error instanceof TransientError) {
    return error instanceof Error ? error : new Error(String(error));
  }
  const isRefused = '$fault' in error && error.$fault === 'client';
  const passes = !isRefused || passingException.test(error.name) || isPassing(error.message, passingState);
  const message = `the Data API answered ${error.name}: ${error.message}`;
  return passes
    ? new TransientError(message, { cause: error })
    : new TerminalError('WarehouseRejected', message, { cause: error });
}

/** the part of a batch at which it ended */
export function failedPart({ SubStatements }: Ended) {
  return SubStatements?.find(({ Status }) => Status === 'FAILED');
}

/** a statement that ended badly: cancelled by somebody is no verdict on it. Its message goes into history: it has no row values */
export function statementFailure(ended: Ended): Error {
  const part = failedPart(ended);
  const sql = part?.QueryString ?? ended.QueryString ?? '';
  const reason = ended.Error ?? part?.Error ?? 'no reason given';
  const message = `the warehouse answered ${ended.Status}: ${withoutValues(reason, sql)} (statement ${ended.Id}: ${sql.replace(/\s+/g, ' ').slice(0, 300)})`;
  return ended.Status === 'ABORTED' || isPassing(reason, passingState)
    ? new TransientError(message)
    : new TerminalError('WarehouseRejected', message);
}
