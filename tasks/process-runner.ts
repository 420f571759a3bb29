import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pipeline } from 'node:stream/promises';
import type { TaskLine } from '../model/task.js';
import { startChild, type Child, type ChildEnd } from './child.js';
import { childEnvironment } from './child-environment.js';
import { findProgram } from './find-program.js';
import { lineCutter } from './lines.js';
import type { TaskEnd, TaskOrder, TaskRunner } from './runner.js';

interface ProcessPlace {
  /** the worker's */
  environment: Record<string, string | undefined>;
  /** of the project: where programs run, and relative ones are */
  folder: string;
}

/** lines that wait to be taken, which they are each second */
const mostLines = 10_000;

interface Running {
  child: Child;
  /** of its own, for its result and what else it leaves */
  folder: string;
  lines: TaskLine[];
  /** lines that nobody took in time */
  leftOut: number;
  /** lines that were handed on, which are let go of */
  passed: number;
  end?: TaskEnd;
  ended: Promise<void>;
}

/** tasks as processes of this worker; they end with it */
export function processRunner({ environment, folder: project }: ProcessPlace): TaskRunner {
  const started = new Map<string, Promise<Running>>();

  async function begin({ command: [program = '', ...args], ...order }: TaskOrder): Promise<Running> {
    const command = program.includes('/')
      ? resolve(project, program)
      : await findProgram(program, environment, 'TaskMissing');
    const folder = await mkdtemp(join(tmpdir(), 'waterclock-task-'));
    const own = { ...childEnvironment(environment, folder), WATERCLOCK_PROJECT: project };
    const kept = order.keepsStdout ? await open(join(folder, 'stdout'), 'w', 0o600) : undefined;
    const child = startChild({
      command,
      args,
      cwd: project,
      environment: { ...own, ...order.environment, WATERCLOCK_RESULT: join(folder, 'result.json') },
      grace: order.grace,
    });
    const running: Running = { child, folder, lines: [], leftOut: 0, passed: 0, ended: Promise.resolve() };
    const log = () => {
      const cutter = lineCutter((text) => {
        if (running.lines.length < mostLines) running.lines.push({ at: new Date().toISOString(), text });
        else running.leftOut++;
      });
      return async (chunks: AsyncIterable<Uint8Array>) => {
        for await (const chunk of chunks) cutter.add(chunk);
        cutter.end();
      };
    };
    // at once: of a program that has ended nobody reads what it wrote
    const read = [
      pipeline(child.stderr, log()),
      kept ? pipeline(child.stdout, kept.createWriteStream()) : pipeline(child.stdout, log()),
    ];
    running.ended = Promise.allSettled([child.ended, ...read]).then(([end, ...outputs]) => {
      const unread = outputs.find((one) => one.status === 'rejected');
      if (unread) running.end = { fault: `wrote what could not be kept: ${String(unread.reason)}`, passes: true };
      else if (end.status === 'fulfilled') running.end = endOf(command, end.value);
    });
    return running;
  }

  async function known(handle: string): Promise<Running> {
    const running = await started.get(handle);
    if (!running) throw new Error(`the task ${handle} is not of this worker`);
    return running;
  }

  return {
    outlives: false,
    handsOver: true,
    async start(order) {
      const beginning = started.get(order.id) ?? begin(order);
      started.set(order.id, beginning);
      await beginning.catch((error: unknown) => {
        started.delete(order.id);
        throw error;
      });
      return order.id;
    },
    async look(handle, within) {
      const running = await known(handle);
      const waited = new AbortController();
      const timer = sleep(within, undefined, { signal: waited.signal }).catch(() => undefined);
      await Promise.race([running.ended, timer]);
      waited.abort();
      return running.end ? { state: 'ended', end: running.end } : { state: 'running' };
    },
    async stop(handle) {
      (await known(handle)).child.stop();
    },
    async logs(handle, from) {
      const running = await known(handle);
      running.lines.splice(0, Number(from ?? 0) - running.passed);
      running.passed = Number(from ?? 0);
      const { leftOut } = running;
      running.leftOut = 0;
      if (leftOut > 0) running.lines.push({ at: new Date().toISOString(), text: `(${leftOut} lines were left out)` });
      return { lines: [...running.lines], next: String(running.passed + running.lines.length) };
    },
    async result(_, handle, mostBytes) {
      const { folder } = await known(handle);
      const file = await open(join(folder, 'result.json')).catch(() => undefined);
      if (!file) return undefined;
      try {
        const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(mostBytes + 1) });
        return buffer.subarray(0, bytesRead).toString();
      } finally {
        await file.close();
      }
    },
    async *stdout(handle) {
      const { folder } = await known(handle);
      yield* createReadStream(join(folder, 'stdout')) as AsyncIterable<Uint8Array>;
    },
    async forget(handle) {
      const running = await started.get(handle);
      started.delete(handle);
      if (!running) return;
      running.child.stop();
      await running.ended;
      await rm(running.folder, { recursive: true, force: true });
    },
  };
}

function endOf(command: string, end: ChildEnd): TaskEnd {
  if ('code' in end) return end;
  if ('error' in end) {
    const { code, message } = end.error;
    return { fault: `cannot be started: ${command} (${code ?? message})`, passes: false, type: 'TaskMissing' };
  }
  const why = end.signal === 'SIGKILL' ? '; the system kills what takes more memory than there is' : '';
  return { fault: `was killed by ${end.signal}${why}`, passes: true };
}
