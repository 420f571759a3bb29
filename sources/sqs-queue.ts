import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { TransientError } from '../model/errors.js';
import type { S3ObjectsSource } from '../model/source.js';
import { requestsOf } from './s3-client.js';
import { s3Fault } from './s3-faults.js';
import type { DriverOptions } from './source-driver.js';

interface QueuedMessage {
  body: string;
  /** by which the message is removed, until it is visible again */
  receipt: string;
}

export interface Queue {
  /** up to ten; none when the queue has nothing to show. Nobody else gets them for `hiddenFor` seconds */
  receive(): Promise<QueuedMessage[]>;
  remove(receipts: string[]): Promise<void>;
  /** at once visible to others again */
  release(receipts: string[]): Promise<void>;
  close(): void;
}

/** seconds in which what was received is written down and removed */
const hiddenFor = 600;

/** the most that SQS takes at once */
const mostAtOnce = 10;

/** the queue of a source's events */
export function sqsQueue(source: S3ObjectsSource, url: string, options: DriverOptions, signal: AbortSignal): Queue {
  const [, region = source.region] = /^https:\/\/sqs\.([a-z0-9-]+)\./.exec(url) ?? [];
  const client = new SQSClient({
    ...requestsOf({ ...source, region }, options),
    region,
    endpoint: new URL(url).origin,
  });
  async function send<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw s3Fault(`${what} ${url}`, error, signal);
    }
  }
  async function inTens(receipts: string[], work: (some: string[]) => Promise<{ Failed?: unknown[] | undefined }>) {
    for (let at = 0; at < receipts.length; at += mostAtOnce) {
      const { Failed: failed = [] } = await work(receipts.slice(at, at + mostAtOnce));
      if (failed.length > 0)
        throw new TransientError(`${url}: ${failed.length} messages were not taken: ${JSON.stringify(failed[0])}`);
    }
  }
  const aborting = { abortSignal: signal };
  return {
    close: () => client.destroy(),
    receive: () =>
      send('receive from', async () => {
        const asked = new ReceiveMessageCommand({
          QueueUrl: url,
          MaxNumberOfMessages: mostAtOnce,
          // asks all of its servers, not some of them
          WaitTimeSeconds: 2,
          VisibilityTimeout: hiddenFor,
        });
        const { Messages = [] } = await client.send(asked, aborting);
        return Messages.flatMap(({ Body: body = '', ReceiptHandle: receipt }) => (receipt ? [{ body, receipt }] : []));
      }),
    remove: (receipts) =>
      send('remove from', () =>
        inTens(receipts, (some) =>
          client.send(
            new DeleteMessageBatchCommand({
              QueueUrl: url,
              Entries: some.map((ReceiptHandle, at) => ({ Id: String(at), ReceiptHandle })),
            }),
            aborting,
          ),
        ),
      ),
    release: (receipts) =>
      send('release to', () =>
        inTens(receipts, (some) =>
          client.send(
            new ChangeMessageVisibilityBatchCommand({
              QueueUrl: url,
              Entries: some.map((ReceiptHandle, at) => ({ Id: String(at), ReceiptHandle, VisibilityTimeout: 0 })),
            }),
            aborting,
          ),
        ),
      ),
  };
}
