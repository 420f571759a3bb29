import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { enter, root, whenParentEnds } from './setup/enter.mjs';

const { summary } = await enter(undefined, process.env);
if (summary) process.stderr.write(`${summary}\n`);

const args = process.argv.slice(2);
// files wait for processes and servers more than they work: two at a time, each on a database and bucket of its own
const projects = args.some((argument) => argument.startsWith('--project'))
  ? []
  : ['--project', 'unit', '--project', 'infra', '--project', 'stack', '--maxWorkers', '2'];
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
const child = spawn(process.execPath, [vitest, 'run', ...projects, ...args], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
});
// npm hands its signals to this process only
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
whenParentEnds(process.env, () => child.kill('SIGTERM'));
child.once('exit', (code) => process.exit(code ?? 1));
