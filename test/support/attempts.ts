import type { Client } from '@temporalio/client';

/** the last attempt of each activity of a workflow */
export async function attempts(client: Client, workflowId: string): Promise<Record<string, number>> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  const names = new Map<string, string>();
  const found: Record<string, number> = {};
  for (const event of events ?? []) {
    const { activityTaskScheduledEventAttributes: scheduled, activityTaskStartedEventAttributes: started } = event;
    if (scheduled) names.set(String(event.eventId), scheduled.activityType?.name ?? '');
    if (started) found[names.get(String(started.scheduledEventId)) ?? ''] = started.attempt ?? 0;
  }
  return found;
}
