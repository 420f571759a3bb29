import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stackTools, toolsVenv } from './setup/ensure-tools.mjs';

export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[/\\]$/, '');
/** states of what runs from this clone: `npm start`, tests, benches */
export const home = join(root, '.waterclock');
/** the project that ships */
export const examples = join(root, 'examples');

export const runningFile = (home: string) => join(home, 'running.json');

/** where the tools of the embedded stack are, in the user's cache */
export function toolsFolder(): string {
  const venv = toolsVenv(stackTools);
  if (venv) return venv;
  throw new Error('temporal, rclone and dbt are not set up: `npm start`, `npm test` or `waterclock start` does it');
}

export const tool = (name: string) => join(toolsFolder(), 'bin', name);
