import { defaultPayloadConverter } from '@temporalio/common';
import type { ObjectRef } from '../model/plan.js';
import type { Context } from './context.js';
import type { HistoryEvent } from './run-story.js';

/** the log of the shared build that answered the run; undefined when none did, or when its history is gone */
export async function dbtLog(context: Context, events: HistoryEvent[]): Promise<ObjectRef | undefined> {
  const answers = events.map((event) => event.workflowExecutionSignaledEventAttributes);
  const answer = answers.findLast((signal) => signal?.signalName === 'built')?.externalWorkflowExecution;
  const at = events.findLast(
    ({ workflowExecutionSignaledEventAttributes: signal }) => signal?.signalName === 'built',
  )?.eventTime;
  if (!answer?.workflowId || !at) return undefined;
  const { client } = await context.temporal();
  const builds = client.workflow.getHandle(answer.workflowId, answer.runId ?? undefined);
  const history = await builds.fetchHistory().catch(() => undefined);
  const results = (history?.events ?? [])
    .filter(({ eventTime }) => Number(eventTime?.seconds ?? 0) <= Number(at.seconds ?? 0))
    .flatMap((event) => event.activityTaskCompletedEventAttributes?.result?.payloads ?? [])
    .map((payload) => defaultPayloadConverter.fromPayload<{ artifacts?: string } | undefined>(payload));
  const artifacts = results.findLast((result) => result?.artifacts)?.artifacts;
  return artifacts ? { bucket: context.settings().lakeBucket, key: `${artifacts}dbt.log` } : undefined;
}

/** what dbt told people: its log is a line of JSON an event, most of them for those who mend dbt */
export function dbtLines(log: string): string[] {
  return log.split('\n').flatMap((line) => {
    const event = parsed(line);
    if (!event) return line.trim() ? [line] : [];
    const { ts = '', level = '', msg = '' } = event;
    if (level === 'debug' || !msg.trim()) return [];
    return [`${ts.replace('T', ' ').slice(0, 23)}  ${level.padEnd(5)}  ${msg.trim()}`];
  });
}

function parsed(line: string): { ts?: string; level?: string; msg?: string } | undefined {
  try {
    return (JSON.parse(line) as { info?: object }).info;
  } catch {
    return undefined;
  }
}
