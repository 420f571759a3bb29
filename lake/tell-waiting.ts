import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { attributes } from '../model/attributes.js';
import { waitersFor, type Linked } from '../model/dependents.js';
import type { Interval } from '../model/interval.js';
import { upstreamLoaded } from '../model/names.js';
import { pool } from '../model/pool.js';
import { satisfies } from '../model/run-status.js';
import { newestClosed } from './closed-runs.js';
import type { ObjectStore } from './object-store.js';

interface Telling {
  client: Client;
  store: ObjectStore;
  bucket: string;
  pipelines: Linked[];
}

/** runs that are looked up at a time */
const askedAtOnce = 16;

/**
 * an interval needs no run any more, and the lake says so: signals the runs that wait for it; their names. One that needs more
 * intervals of the pipeline hears of the last of them; one that does not wait hears nothing
 */
export async function tellWaiting(
  { client, store, bucket, pipelines }: Telling,
  loaded: { pipeline: string; interval: Interval },
  sign: () => void = () => undefined,
): Promise<string[]> {
  const upstream = pipelines.find(({ name }) => name === loaded.pipeline);
  if (!upstream) return [];
  const told: string[] = [];
  const waiters = waitersFor(pipelines, upstream, loaded.interval, Date.now());
  const settled = await pool(waiters, askedAtOnce, async ({ run, needed }) => {
    sign();
    const runId = await waitingRun(client, run);
    if (runId === undefined || !(await areDone(needed))) return;
    if (await signalled(client, run, runId, loaded.pipeline)) told.push(run);
  });
  const broken = settled.find((result) => result.status === 'rejected');
  if (broken) throw broken.reason;
  return told;

  async function areDone(needed: Interval[]): Promise<boolean> {
    const from = needed[0]?.start ?? '';
    if (needed.length === 1 && from === loaded.interval.start) return true;
    const runs = await newestClosed(store, bucket, loaded.pipeline, from, needed.at(-1)?.end ?? '', sign);
    const done = new Set(runs.filter(({ status }) => satisfies(status)).map(({ start }) => start));
    return needed.every(({ start }) => done.has(start));
  }
}

/** run id of the execution that says it waits. It says so before it looks, so one that says nothing yet will see the lake of now */
async function waitingRun(client: Client, run: string): Promise<string | undefined> {
  try {
    const { status, runId, typedSearchAttributes } = await client.workflow.getHandle(run).describe();
    return status.name === 'RUNNING' && typedSearchAttributes.get(attributes.Step) === 'wait' ? runId : undefined;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

/** false when it has ended meanwhile */
async function signalled(client: Client, run: string, runId: string, pipeline: string): Promise<boolean> {
  try {
    await client.workflow.getHandle(run, runId).signal(upstreamLoaded, pipeline);
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
