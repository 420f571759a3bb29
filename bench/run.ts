import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { root } from '../local/paths.js';
import type { Cost, Options } from './run/measure.js';
import { report } from './run/report.js';

const help = `Usage: npm run bench:run -- [--beside DIR] [--runs N] [--hours N ...] [--json]

What runs of earthquakes cost on the embedded stack: requests, actions and bytes of history of one, the time of a lone
run with and without models beside a bare Temporal workflow, how long \`run --wait\` outlasts its run, the time of
ranges, and memory. Each range begins on an empty stack.

  --beside DIR   the same of another version first: a clone of it in which \`npm ci\` has run
  --runs N       lone runs that are timed (default 9)
  --hours N      hours of a range, as often as given (default 48 and 169)
  --json         the figures as JSON

Examples:
  npm run bench:run
  git worktree add ../before v0.2.0 && (cd ../before && npm ci) && npm run bench:run -- --beside ../before
`;

export async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      beside: { type: 'string' },
      runs: { type: 'string', default: '9' },
      hours: { type: 'string', multiple: true, default: ['48', '169'] },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const options = { runs: Number(values.runs), ranges: values.hours.map(Number) };
  const before = values.beside === undefined ? undefined : await measureIn(resolve(values.beside), options);
  const now = await measureIn(root, options);
  process.stdout.write(values.json ? `${JSON.stringify({ now, before })}\n` : report(now, before));
  return 0;
}

/** in a process of its own: two versions of the same modules do not meet */
async function measureIn(folder: string, options: Options): Promise<Cost> {
  process.stderr.write(`${folder} ...\n`);
  const program = fileURLToPath(new URL('./run/in-checkout.mjs', import.meta.url));
  const child = promisify(execFile)(process.execPath, ['--no-warnings', program, folder, JSON.stringify(options)], {
    maxBuffer: 16 * 1024 * 1024,
  });
  child.child.stderr?.pipe(process.stderr);
  const { stdout } = await child;
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Cost;
}
