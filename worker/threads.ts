import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { MessageChannel } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { S3Options } from '../lake/object-store.js';
import { TerminalError } from '../model/errors.js';
import { visible } from '../model/visible.js';
import type { ThreadAnswer, ThreadData } from './thread.js';
import type { Threads } from '../activities/dependencies.js';
import { threadLine } from './thread-line.js';

const isSource = import.meta.url.endsWith('.ts');

export interface ThreadOptions {
  store: S3Options;
  /** address of the project's `waterclock.config.ts`, whose pipelines the threads know */
  project: string;
  /** as many as cores when absent */
  threads?: number;
  /** those that are up before work comes, one when absent */
  ready?: number;
  /** ms between two signs of a task that waits for a thread, three seconds when absent */
  signEvery?: number;
}

/** validation and encoding off the main thread; a thread that is aborted dies with its task */
export function threadPool({
  store,
  project,
  threads = availableParallelism(),
  ready = 1,
  signEvery = 3_000,
}: ThreadOptions): Threads & { close(): Promise<void> } {
  // what is made once is taken for what lives long, and its dead keep records alive that pile up until a full collection
  setFlagsFromString('--no-allocation-site-pretenuring');
  const pool = new Piscina({
    filename: new URL(isSource ? 'thread-from-source.mjs' : 'thread.js', import.meta.url).href,
    // loading its code takes a thread a second, and one that waits holds 90 MB
    minThreads: Math.min(threads, ready),
    maxThreads: threads,
    idleTimeout: 60_000,
    // what is young dies with its record: more room only lets it pile up
    resourceLimits: { maxYoungGenerationSizeMb: 8 },
    workerData: { store, project } satisfies ThreadData,
  });
  // a thread that dies within a task fails the task
  pool.on('error', (error: Error) => process.stderr.write(`worker thread: ${visible(error.message)}\n`));
  const line = threadLine({ every: signEvery });
  return {
    async run(name, task, sign, signal) {
      const { port1, port2 } = new MessageChannel();
      // a sign of its own for each task: two may share theirs
      const waits = () => sign();
      line.enter(waits);
      port1.on('message', () => {
        line.leave(waits);
        line.moved();
        sign();
      });
      try {
        const answer = (await pool.run({ task, port: port2 }, { name, signal, transferList: [port2] })) as ThreadAnswer;
        if ('terminal' in answer) throw new TerminalError(answer.terminal.name, answer.terminal.message);
        return answer.result as never;
      } finally {
        line.leave(waits);
        line.moved();
        port1.close();
      }
    },
    close: () => pool.close({ force: true }),
  };
}
