import { GetLogEventsCommand, type CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { TaskLine } from '../model/task.js';
import { asked } from './aws-asked.js';

/** pages of 10,000 lines that one call takes */
const mostPages = 20;

/** lines of a task's stream behind a place; its stream is not there before it has written any */
export async function cloudwatchLines(
  logs: CloudWatchLogsClient,
  { group, stream }: { group: string; stream: string },
  from: string | undefined,
): Promise<{ lines: TaskLine[]; next: string | undefined }> {
  const lines: TaskLine[] = [];
  let next = from;
  for (let page = 0; page < mostPages; page++) {
    const input = { logGroupName: group, logStreamName: stream, startFromHead: true };
    const read = await asked('CloudWatch does not show the lines of a task', () =>
      logs
        .send(new GetLogEventsCommand({ ...input, ...(next !== undefined && { nextToken: next }) }))
        .catch((error: unknown) => {
          // nothing was written yet
          if ((error as Error).name === 'ResourceNotFoundException') return undefined;
          throw error;
        }),
    );
    for (const { timestamp = 0, message = '' } of read?.events ?? [])
      lines.push({ at: new Date(timestamp).toISOString(), text: message });
    const isEnd = !read?.nextForwardToken || read.nextForwardToken === next;
    next = read?.nextForwardToken ?? next;
    if (isEnd) break;
  }
  return { lines, next };
}
