import { setTimeout as sleep } from 'node:timers/promises';
import { TerminalError, TransientError } from '../../model/errors.js';
import type { IntervalNotes } from '../../model/custom-code.js';
import type { AirbyteApi, Job } from './api.js';

/** what is kept of an interval's sync, for all its runs and attempts */
interface SyncNote {
  /** the newest job of the connection before the interval's own was asked for */
  before: number;
  /** the interval's job, once its id is known */
  job?: number;
}

interface Syncing {
  api: AirbyteApi;
  notes: IntervalNotes;
  connection: string;
  signal: AbortSignal;
  /** ms between two looks */
  poll: number;
  log(text: string): void | Promise<void>;
}

/** a look at the server is acted upon for so long, ms: a process that was halted since looks again */
const freshFor = 20_000;
/** Temporal's word where a person, or the workflow, cancels the activity; others mean that it goes on elsewhere */
const cancelled = 'CANCELLED';

/**
 * one sync for an interval, followed to its end. A job has no name that could be given to it, so before one is asked for, the
 * newest that there is is noted; whatever dies afterwards, the first job behind it is the interval's. It may also be one
 * that a person has started meanwhile: it began after the interval ended, and brings the same
 */
export async function syncOnce(syncing: Syncing): Promise<Job> {
  const { api, connection, log } = syncing;
  const job = await findOrStart(syncing);
  await log(`sync ${job.id} of the connection ${connection}: ${job.status}`);
  const ended = await follow(syncing, job);
  if (ended.status === 'succeeded') return ended;
  const what = `sync ${ended.id} of the connection ${connection}`;
  if (ended.status === 'cancelled')
    throw new TerminalError('SyncCancelled', `${what} was cancelled on the Airbyte server`);
  throw new TransientError(`${what} failed, after the tries of the Airbyte server: see its log there`);

  async function follow({ poll, signal }: Syncing, job: Job): Promise<Job> {
    try {
      let now = job;
      while (!isOver(now)) {
        await sleep(poll, undefined, { signal });
        now = await api.job(job.id, signal);
      }
      return now;
    } catch (error) {
      if (!signal.aborted) throw error;
      const reason: unknown = signal.reason;
      if (reason instanceof Error && reason.message === cancelled) await cancelJob(job.id);
      throw reason;
    }
  }

  async function cancelJob(id: number): Promise<void> {
    try {
      await api.cancel(id);
      await log(`sync ${id} was cancelled with its run`);
    } catch (error) {
      await log(`sync ${id} was not cancelled with its run: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

async function findOrStart({ api, notes, connection, signal, poll }: Syncing): Promise<Job> {
  let note = (await notes.read()) as SyncNote | undefined;
  if (note?.job !== undefined) {
    const known = await api.job(note.job, signal);
    if (!isBad(known)) return known;
    note = { before: known.id };
    await notes.write(note);
  }
  if (!note) {
    const [newest] = await api.jobs(connection, signal);
    note = { before: newest?.id ?? 0 };
    await notes.write(note);
  }
  const { before } = note;
  for (;;) {
    const asked = Date.now();
    const jobs = await api.jobs(connection, signal);
    const own = jobs.toReversed().find((job) => job.id > before && job.type === 'sync' && !isBad(job));
    if (own) return noted(own);
    const running = jobs.find((job) => !isOver(job));
    // one from before the note has begun too early to have all of the interval
    if (running === undefined && Date.now() - asked < freshFor) {
      const started = await api.start(connection);
      if (started) return noted(started);
    }
    signal.throwIfAborted();
    await sleep(poll, undefined, { signal });
  }

  async function noted(job: Job): Promise<Job> {
    await notes.write({ before, job: job.id } satisfies SyncNote);
    return job;
  }
}

/** `incomplete`: an attempt failed, and the server tries again */
const isOver = ({ status }: Job) => status === 'succeeded' || status === 'failed' || status === 'cancelled';
const isBad = ({ status }: Job) => status === 'failed' || status === 'cancelled';
