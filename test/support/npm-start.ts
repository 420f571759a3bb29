import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { cleanEnvironment, runProgram } from './clone.js';

/** without a network where that can be had: once set up, none is needed */
const withoutNetwork = (() => {
  try {
    execFileSync('unshare', ['-rn', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** `npm start -- --exit` in a clone; what it wrote */
export async function npmStart(root: string, ...args: string[]): Promise<string> {
  const npm = ['npm', 'start', '--', '--exit', ...args];
  const [command = '', ...rest] = withoutNetwork
    ? ['unshare', '-rn', 'sh', '-c', 'ip link set lo up; exec "$@"', 'sh', ...npm]
    : npm;
  // whatever this machine's network needs must not be asked for
  const program = runProgram(command, rest, root, cleanEnvironment({ HTTP_PROXY: undefined, HTTPS_PROXY: undefined }));
  const code = await program.ended;
  expect(code, program.output()).toBe(0);
  expect(existsSync(join(root, '.waterclock', 'running.json'))).toBe(false);
  return program.output();
}

/** the cells of a pipeline's line in the table of results */
export const resultsOf = (output: string, pipeline: string) =>
  output
    .split('\n')
    .find((line) => line.startsWith(pipeline) && /\s\d+$/.test(line))
    ?.split(/\s{2,}/)
    .map((cell) => cell.trim());
