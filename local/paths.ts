import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[/\\]$/, '');
export const home = join(root, '.waterclock');
/** the project that ships */
export const examples = join(root, 'examples');
export const venv = join(home, 'venv');
export const runningFile = join(home, 'running.json');

export const tool = (name: string) => join(venv, 'bin', name);
