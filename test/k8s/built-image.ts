import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Image } from './node/container-files.js';

/** what `Dockerfile` makes of this program, with the paths of this machine; `own` are those of its variables that name one */
export function builtImage(program: string, own: Record<string, string>): Image {
  const text = readFileSync('Dockerfile', 'utf8');
  const stage = /^FROM \S+ AS service$([\s\S]*?)^FROM /m.exec(text)?.[1] ?? '';
  const lines = /^ENV ((?:.*\\\n)*.*)$/m.exec(stage)?.[1] ?? '';
  const environment: Record<string, string> = {};
  for (const [, name = '', value = ''] of lines.matchAll(/([A-Z_]+)=(\S+)/g)) environment[name] = value;
  if (!environment['WATERCLOCK_HEALTH_FILE']) throw new Error('Dockerfile has no ENV with WATERCLOCK_HEALTH_FILE');
  const node = [process.execPath, '--no-warnings'];
  return {
    folder: program,
    environment: { ...environment, ...own },
    programs: { node, sleep: ['sleep'], waterclock: [...node, join(program, 'starter/bin.mjs')] },
  };
}
