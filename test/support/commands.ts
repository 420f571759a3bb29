import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { commandHost, type CommandHost, type Said } from './command-host.js';

export interface Commands {
  /** `said` holds what the command has written so far */
  run(words: string[], said: Said): Promise<Said>;
  close(): Promise<void>;
}

/** the commands of the program in a folder, with the environment and the definitions that there are when each is run */
export function commands(program: string, environment: Record<string, string>): Commands {
  const hosts = new Map<string, Promise<CommandHost>>();
  return {
    async run(words, said) {
      const key = `${JSON.stringify(environment)} ${changedAt(environment['WATERCLOCK_PROJECT'] ?? program)}`;
      const host = hosts.get(key) ?? commandHost(program, { ...environment });
      hosts.set(key, host);
      return (await host).run(words, said);
    },
    async close() {
      for (const host of hosts.values()) await (await host).close();
    },
  };
}

/** when the newest file of a project was written; packages, which may be links that lead back, are not its own */
function changedAt(folder: string): number {
  const times = readdirSync(folder, { withFileTypes: true }).map((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? 0 : changedAt(path);
    return statSync(path).mtimeMs;
  });
  return Math.max(0, ...times);
}
