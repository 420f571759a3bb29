import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Said {
  code: number;
  stdout: string;
  stderr: string;
}

export interface CommandHost {
  /** `said` holds what the command has written so far */
  run(words: string[], said: Said): Promise<Said>;
  close(): Promise<void>;
}

type Message = { isReady: true } | { id: number; code?: number; stdout?: string; stderr?: string };

/** a process that has the program's commands loaded and runs those of one environment, side by side */
export async function commandHost(program: string, environment: Record<string, string>): Promise<CommandHost> {
  const child = fork(fileURLToPath(new URL('command-host.mjs', import.meta.url)), [program], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
    // a clone has sources only
    execArgv: ['--no-warnings', ...(existsSync(join(program, 'starter/main.ts')) ? ['--import', 'tsx'] : [])],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const running = new Map<number, { said: Said; resolve(said: Said): void; reject(error: Error): void }>();
  let id = 0;
  const ended = once(child, 'exit').then(() => {
    for (const { reject, said } of running.values()) reject(new Error(`the host of commands ended: ${said.stderr}`));
  });
  const ready = once(child, 'message');
  await Promise.race([ready, ended.then(() => Promise.reject(new Error('the host of commands did not start')))]);
  child.on('message', (message: Message) => {
    if ('isReady' in message) return;
    const one = running.get(message.id);
    if (!one) return;
    one.said.stdout += message.stdout ?? '';
    one.said.stderr += message.stderr ?? '';
    if (message.code === undefined) return;
    running.delete(message.id);
    one.resolve(Object.assign(one.said, { code: message.code }));
  });
  return {
    run(words, said) {
      const own = id++;
      return new Promise((resolve, reject) => {
        running.set(own, { said, resolve, reject });
        child.send({ id: own, words });
      });
    },
    async close() {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
