import type { WorkflowHandle } from '@temporalio/client';

/** what Temporal Cloud bills of a run: its start, activities, timers, signals, updates of attributes, markers, children */
export async function actionsOf(handle: WorkflowHandle): Promise<number> {
  const { events } = await handle.fetchHistory();
  const billed = events?.filter(
    (event) =>
      event.workflowExecutionStartedEventAttributes ??
      event.activityTaskScheduledEventAttributes ??
      event.upsertWorkflowSearchAttributesEventAttributes ??
      event.timerStartedEventAttributes ??
      event.markerRecordedEventAttributes ??
      event.workflowExecutionSignaledEventAttributes ??
      event.startChildWorkflowExecutionInitiatedEventAttributes ??
      event.signalExternalWorkflowExecutionInitiatedEventAttributes,
  );
  return billed?.length ?? 0;
}
