import { mkdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { endLeftovers, runningStack } from '../leftovers.js';
import { root, runningFile, venv } from '../paths.js';
import { choosePorts } from '../ports.js';
import { type Stack, startStack } from '../stack.js';
import { StackFailure } from '../supervisor/stack-failure.js';
import { readAnswers } from './answers.js';
import { liveCoverage, readCoverage } from './coverage.js';
import type { Life } from './life.js';
import { runMainJob } from './main-job.js';
import type { StartOptions } from './options.js';
import { productCommands } from './product.js';
import { answerLines, header, jobLine, lastLine, nextLines, stackLine, waitingLines, webUiLine } from './screen.js';
import type { Screen } from './terminal.js';

export interface StartContext {
  options: StartOptions;
  own: Record<string, string | undefined>;
  summary?: string;
  screen: Screen;
  life: Life;
}

/** the stack, the main job on it, and what came of it; answers whether all of it worked */
export async function start({ options, own, summary, screen, life }: StartContext): Promise<boolean> {
  const { state } = options;
  const up = runningStack();
  if (up) {
    const names = up.services.filter(({ port }) => port).map(({ name, port }) => `${name} ${port}`);
    throw new StackFailure(
      `the stack of this clone is up already (process ${up.supervisor.pid}): ${names.join('   ')}   Web UI ${up.webUi}`,
    );
  }
  const ended = await endLeftovers();
  if (ended.length > 0) screen.say(`ended what an earlier start left running: ${ended.join(', ')}`);
  const { ports, moved } = await choosePorts(options.asked);
  screen.print(header(version(), process.versions.node, pythonVersion()));
  if (summary) screen.print(summary);

  mkdirSync(state, { recursive: true, mode: 0o700 });
  screen.progress('stack: starting');
  const stack = await startStack({
    state,
    ports,
    own,
    pointer: runningFile,
    ...(!options.live && { upstream: { ...(options.data && { data: options.data }) } }),
    onLine: (line) => screen.say(line),
    onGivenUp: (failure) => life.fail(failure),
    onStarting: (stop) => life.onEnd(stop),
  });
  const product = productCommands(stack);
  life.onEnd(async () => product.end());
  return withStack(stack, product);

  async function withStack(stack: Stack, product: ReturnType<typeof productCommands>): Promise<boolean> {
    const covered = options.live ? undefined : await readCoverage(ports.upstream);
    if (covered) stack.setSnapshotAt(covered.spacex.snapshotAt);
    const prepared = await product.run(['setup', '--json']);
    if (prepared.code !== 0)
      throw new StackFailure(`waterclock setup failed: ${prepared.said.at(-1) ?? 'no message'}`, { path: product.log });
    await stack.startWorker();
    screen.print(stackLine(ports, moved));

    const job = await runMainJob({
      product,
      state,
      coverage: covered ?? { ...liveCoverage(Date.now()), spacex: { simulated: false } },
      onProgress: (line) => screen.progress(line),
    });
    screen.print(jobLine(job));
    for (const line of waitingLines(job)) screen.print(line);
    for (const line of answerLines(await readAnswers(stack.environment()), job)) screen.print(line);
    for (const failure of job.failures) screen.say(`failed: ${failure}`);
    if (job.failures.length > 0) screen.say(`logs: ${product.log}, ${join(state, 'logs', 'worker.log')}`);
    if (!options.exit) {
      screen.print(webUiLine(`http://127.0.0.1:${ports.ui}`, ports, own));
      for (const line of nextLines) screen.print(line);
      screen.print(lastLine(basename(state)));
    }
    return job.failures.length === 0;
  }
}

function version(): string {
  return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;
}

function pythonVersion(): string {
  const [, found] = /^version(?:_info)? = (\S+)/m.exec(readFileSync(join(venv, 'pyvenv.cfg'), 'utf8')) ?? [];
  return found ?? '3';
}
