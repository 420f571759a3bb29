import { TerminalError, TransientError } from '../model/errors.js';
import { tryAgainCode, type TaskLine } from '../model/task.js';
import type { TaskEnd, TaskOrder, TaskRunner } from './runner.js';

interface Following {
  /** aborted when the step is cancelled, or its worker ends */
  signal: AbortSignal;
  /** whether an abort for this reason leaves the task to the next worker; only of runners whose tasks outlive theirs */
  isLeft(reason: unknown): boolean;
  /** epoch ms at which it is stopped */
  deadline: number;
  /** of a task that was begun by another worker */
  from?: string | undefined;
  /** of one that another worker started */
  handle?: string | undefined;
  onStart(handle: string): Promise<void>;
  /** it has ended, and not well: the next try is another task */
  onFault(): Promise<void>;
  onLines(lines: TaskLine[], next: string | undefined): Promise<void>;
  /** it goes on */
  sign(): void;
}

/** ms between two looks */
const lookEvery = 500;
/** ms between two signs of a start, and that one may take */
const signEvery = 5_000;
const longestStart = 30 * 60_000;

/** starts a task, or finds it, and follows it to its end; throws what it failed of. Once this returns or throws it has ended, unless it was left */
export async function followTask(runner: TaskRunner, order: TaskOrder, following: Following): Promise<string> {
  const began = Date.now();
  const { signal, isLeft, deadline, onStart, onLines, sign } = following;
  signal.throwIfAborted();
  const handle = following.handle ?? (await withSigns(sign, runner.start(order)));
  await onStart(handle);
  let next = following.from;
  let last = '';
  let stopped: 'cancelled' | 'late' | undefined;
  for (;;) {
    const look = await runner.look(handle, lookEvery);
    const { lines, next: place } = await runner.logs(handle, next);
    next = place;
    last = lines.findLast(({ text }) => text.trim())?.text.trim() ?? last;
    if (lines.length > 0) await onLines(lines, next);
    sign();
    if (look.state === 'ended') {
      const said = last.slice(0, 500);
      const fault =
        stopped === undefined ? faultOf(order.name, look.end, said) : late(order.name, Date.now() - began, said);
      if (!fault) return handle;
      await following.onFault();
      throw stopped === 'cancelled' ? signal.reason : fault;
    }
    if (stopped) continue;
    if (signal.aborted && runner.outlives && isLeft(signal.reason)) throw signal.reason;
    if (signal.aborted) stopped = 'cancelled';
    else if (Date.now() >= deadline) stopped = 'late';
    if (stopped) await runner.stop(handle, stopped === 'late' ? 'it took too long' : 'the run was cancelled');
  }
}

/** a start may pull an image first */
async function withSigns<T>(sign: () => void, work: Promise<T>): Promise<T> {
  const mostSigns = longestStart / signEvery;
  let count = 0;
  const timer = setInterval(() => count++ < mostSigns && sign(), signEvery);
  return work.finally(() => clearInterval(timer));
}

function faultOf(name: string, end: TaskEnd, last: string): Error | undefined {
  const said = last ? `: ${last}` : '';
  if ('fault' in end) {
    // the reason has colons and remedies of its own
    const message = `${name} ${end.fault}${lastLine(last)}`;
    return end.passes ? new TransientError(message) : new TerminalError(end.type ?? 'TaskFailed', message);
  }
  if (end.code === 0) return undefined;
  if (end.code === tryAgainCode)
    return new TransientError(`${name} asks to be tried again (exit code ${end.code})${said}`);
  return new TerminalError('TaskFailed', `${name} ended with exit code ${end.code}${said}`);
}

const lastLine = (last: string) => (last ? ` (its last line: ${last})` : '');

function late(name: string, took: number, last: string): Error {
  const error = new TransientError(
    `${name} was stopped after ${Math.round(took / 1_000)} s: one attempt may not take longer${lastLine(last)}`,
  );
  error.name = 'TookTooLong';
  return error;
}
