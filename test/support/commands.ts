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

/** when the newest file was written */
function changedAt(folder: string): number {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return Math.max(...files.map((file) => statSync(join(folder, file)).mtimeMs));
}
