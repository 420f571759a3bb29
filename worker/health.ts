import { readFileSync } from 'node:fs';
import { judgeHealth } from './judge-health.js';
import type { Health } from './health-file.js';

// the health check of a container: exit 0 or 1, and one sentence
const file = process.env['WATERCLOCK_HEALTH_FILE'];
const problem = file
  ? judgeHealth(read(file), Date.now())
  : 'WATERCLOCK_HEALTH_FILE is not set: the worker notes there how it is';
process.stdout.write(`${problem ?? 'running and polling'}\n`);
process.exitCode = problem ? 1 : 0;

function read(path: string): Health | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Health;
  } catch {
    return undefined;
  }
}
