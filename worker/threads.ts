import { MessageChannel } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { Threads } from '../activities/dependencies.js';

/** validation and encoding off the main thread; a thread that is aborted dies with its task */
export function threadPool(): Threads & { close(): Promise<void> } {
  const pool = new Piscina({
    filename: new URL('thread.js', import.meta.url).href,
    minThreads: 1,
    idleTimeout: 60_000,
  });
  return {
    async run(name, task, sign, signal) {
      const { port1, port2 } = new MessageChannel();
      port1.on('message', sign);
      try {
        return await pool.run({ task, port: port2 }, { name, signal, transferList: [port2] });
      } finally {
        port1.close();
      }
    },
    close: () => pool.close({ force: true }),
  };
}
