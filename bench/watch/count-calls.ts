import type { Client } from '@temporalio/client';

export interface Calls {
  describeWorkflow: number;
  describeSchedule: number;
}

/** what a client asks of Temporal; the worker's own polls are not among it */
export function countCalls(client: Client): { counts(): Calls; reset(): void } {
  const counts = { describeWorkflowExecution: 0, describeSchedule: 0 };
  const service = client.connection.workflowService;
  const workflow = service.describeWorkflowExecution.bind(service);
  const schedule = service.describeSchedule.bind(service);
  Object.assign(service, {
    describeWorkflowExecution(...asked: Parameters<typeof workflow>) {
      counts.describeWorkflowExecution++;
      return workflow(...asked);
    },
    describeSchedule(...asked: Parameters<typeof schedule>) {
      counts.describeSchedule++;
      return schedule(...asked);
    },
  });
  return {
    counts: () => ({
      describeWorkflow: counts.describeWorkflowExecution,
      describeSchedule: counts.describeSchedule,
    }),
    reset: () => void Object.assign(counts, { describeWorkflowExecution: 0, describeSchedule: 0 }),
  };
}
