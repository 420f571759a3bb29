import { S3ServiceException } from '@aws-sdk/client-s3';
import { SQSServiceException } from '@aws-sdk/client-sqs';
import { STSServiceException } from '@aws-sdk/client-sts';
import { TerminalError, TransientError } from '../model/errors.js';
import { mayPass, networkFault, retryDelay } from './faults.js';

/** S3 answers some of these with 400 */
const throttling = new Set(['SlowDown', 'RequestTimeout', 'RequestTimeTooSkewed', 'ThrottlingException', 'Throttling']);

type Answer = S3ServiceException | STSServiceException | SQSServiceException;

const isAnswer = (error: unknown): error is Answer =>
  error instanceof S3ServiceException || error instanceof STSServiceException || error instanceof SQSServiceException;

/** listed, then gone or replaced: it is looked at again */
export class ChangedSinceListed extends TransientError {}

/** what an error of the SDK means for the run */
export function s3Fault(what: string, error: unknown, signal: AbortSignal): unknown {
  if (error instanceof TransientError || error instanceof TerminalError) return error;
  if (signal.aborted || !isAnswer(error)) return networkFault(what, error, signal);

  const { name, message, $metadata, $response } = error;
  const status = $metadata.httpStatusCode ?? 0;
  const got = `${what}: got ${name} (HTTP ${status})${message && message !== name ? `: ${message}` : ''}`;
  if (name === 'NoSuchBucket') return new TerminalError('SourceNotFound', got, { cause: error });
  if (name === 'NoSuchKey' || status === 412) {
    return new ChangedSinceListed(`${got}; it changed after it was listed`, { cause: error });
  }
  if (mayPass(status) || throttling.has(name) || status === 0) {
    const header = $response?.headers['retry-after'];
    const wait = header === undefined ? undefined : retryDelay(header, Date.now());
    return new TransientError(got, { cause: error, ...(wait !== undefined && { retryAfter: wait }) });
  }
  return new TerminalError(status === 404 ? 'SourceNotFound' : 'SourceRefused', got, { cause: error });
}
