import type { MessagePort } from 'node:worker_threads';
import { workerData } from 'piscina';
import { entityTables } from '../activities/threads/entity-tables.js';
import { joinFiles as join, type JoinFilesTask } from '../activities/threads/join-files.js';
import { validatePart as validate, type ValidatePartTask } from '../activities/threads/validate-part.js';
import { s3Store, type S3Options } from '../lake/object-store.js';
import { TerminalError, type TerminalErrorName } from '../model/errors.js';
import { openProject } from '../define/open-project.js';

// one for all tasks of the thread, so that connections are kept
const { store: options, project } = workerData as ThreadData;
const store = s3Store(options);
const { pipelines } = await openProject(project);
const tables = entityTables();

export interface ThreadData {
  store: S3Options;
  /** address of the project's `waterclock.config.ts` */
  project: string;
}

interface Call<T> {
  task: T;
  port: MessagePort;
}

/** an error loses its name between threads, so a terminal one is told as data */
export type ThreadAnswer = { result: unknown } | { terminal: { name: TerminalErrorName; message: string } };

export function validatePart({ task, port }: Call<ValidatePartTask>): Promise<ThreadAnswer> {
  return answer(port, (sign) => validate(task, pipelines, sign, store, tables));
}

export function joinFiles({ task, port }: Call<JoinFilesTask>): Promise<ThreadAnswer> {
  return answer(port, (sign) => join(task, sign, store));
}

async function answer(port: MessagePort, work: (sign: () => void) => Promise<unknown>): Promise<ThreadAnswer> {
  // it waits for a thread no more
  port.postMessage(null);
  try {
    return { result: await work(signs(port)) };
  } catch (error) {
    if (!(error instanceof TerminalError)) throw error;
    return { terminal: { name: error.name, message: error.message } };
  }
}

/** milliseconds; each message wakes the main thread */
const signEvery = 1_000;

function signs(port: MessagePort): () => void {
  let last = 0;
  return () => {
    const now = performance.now();
    if (now - last < signEvery) return;
    last = now;
    port.postMessage(null);
  };
}
