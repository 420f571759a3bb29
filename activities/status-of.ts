import { WorkflowNotFoundError, type Client, type WorkflowExecutionStatusName } from '@temporalio/client';
import { pool } from '../model/pool.js';

export type Status = WorkflowExecutionStatusName;

/** workflows that Temporal is asked about at a time */
const askedAtOnce = 16;

/** undefined of a workflow that Temporal does not know, or no more; never visibility, which lags */
export async function statusOf(client: Client, id: string): Promise<Status | undefined> {
  try {
    return (await client.workflow.getHandle(id).describe()).status.name;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

/** of those that there are, by their items */
export async function statusesOf<T>(
  client: Client,
  items: T[],
  idOf: (item: T) => string,
  sign: () => void,
): Promise<Map<T, Status>> {
  const found = new Map<T, Status>();
  const settled = await pool(items, askedAtOnce, async (item) => {
    const status = await statusOf(client, idOf(item));
    sign();
    if (status) found.set(item, status);
  });
  const broken = settled.find((result) => result.status === 'rejected');
  if (broken) throw broken.reason;
  return found;
}
