import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { endLeftovers, runningStack } from '../leftovers.js';
import { home, root, runningFile, venv } from '../paths.js';
import { choosePorts } from '../ports.js';
import { withSetUpLock } from '../setup/set-up-lock.mjs';
import { type Stack, startStack } from '../stack.js';
import type { StateFile } from '../state-file.js';
import { StackFailure } from '../supervisor/stack-failure.js';
import { samplesOf } from 'waterclock/samples';
import { liveInputs, pipelinesOf, sampleInputs } from './inputs.js';
import type { Life } from './life.js';
import { runMainJob } from './main-job.js';
import type { StartOptions } from './options.js';
import { type Product, productCommands } from './product.js';
import { readResults } from './results.js';
import {
  answerLines,
  header,
  jobLine,
  lastLine,
  nextLines,
  redshiftLine,
  stackLine,
  waitingLines,
  webUiLine,
} from './screen.js';
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
  // two starts at once: the second finds the first's entry
  const { moved, starting } = await withSetUpLock(join(home, 'start.lock'), () => {}, claim);
  const stack = await starting;
  const { ports } = stack;
  const product = productCommands(stack);
  life.onEnd(async () => product.end());
  return withStack(stack, product);

  /** up to the entry in `running.json`, which is written before any service is waited for */
  async function claim() {
    const up = runningStack();
    if (up) throw new StackFailure(isUp(up));
    const ended = await endLeftovers();
    if (ended.length > 0) screen.say(`ended what an earlier start left running: ${ended.join(', ')}`);
    const { ports, moved } = await choosePorts(options.asked);
    screen.print(header(version(), process.versions.node, pythonVersion()));
    if (summary) screen.print(summary);
    mkdirSync(state, { recursive: true, mode: 0o700 });
    screen.progress('stack: starting');
    const starting = startStack({
      state,
      ports,
      chooseAgain: async (kept) => (await choosePorts({ ...kept, ...options.asked })).ports,
      own,
      project: options.project,
      pointer: runningFile,
      ...(!options.live && { upstream: { ...(options.data && { data: options.data }) } }),
      onLine: (line) => screen.say(line),
      onGivenUp: (failure) => life.fail(failure),
      onStarting: (stop) => life.onEnd(stop),
    });
    return { moved, starting };
  }

  async function withStack(stack: Stack, product: Product): Promise<boolean> {
    const pipelines = await pipelinesOf(product);
    const inputs = options.live
      ? liveInputs(pipelines, samplesOf(options.project), Date.now())
      : await sampleInputs(pipelines, ports.upstream);
    const shown = inputs.flatMap(({ snapshotAt }) => snapshotAt ?? []).sort();
    if (shown.length > 0) stack.setSnapshotAt(shown.at(-1) ?? '');
    const idle = pipelines.filter(({ name }) => !inputs.some(({ pipeline }) => pipeline === name));
    // attributes come before the first worker; in a state that has them the worker need not wait
    const marker = join(state, 'prepared');
    const wasPrepared = existsSync(marker);
    await Promise.all([prepare(product), ...(wasPrepared ? [stack.startWorker()] : [])]);
    if (!wasPrepared) await stack.startWorker();
    writeFileSync(marker, '');
    screen.print(stackLine(ports, moved));

    const job = await runMainJob({
      product,
      state,
      inputs,
      onProgress: (line) => screen.progress(line),
    });
    screen.print(jobLine(job));
    for (const { name } of idle)
      screen.print(`not run    ${name}: it has no sample (pipelines/${name}/sample/sample.yaml)`);
    for (const line of waitingLines(job)) screen.print(line);
    for (const line of answerLines(await readResults(product), job)) screen.print(line);
    for (const failure of job.failures) screen.say(`failed: ${failure}`);
    if (job.failures.length > 0) screen.say(`logs: ${product.log}, ${join(state, 'logs', 'worker.log')}`);
    if (!options.exit) {
      screen.print(webUiLine(`http://127.0.0.1:${ports.ui}`, ports, own));
      screen.print(redshiftLine(ports, basename(state)));
      for (const line of nextLines) screen.print(line);
      screen.print(lastLine(basename(state)));
    }
    return job.failures.length === 0;
  }
}

async function prepare(product: Product): Promise<void> {
  const { code, said } = await product.run(['setup', '--json']);
  if (code !== 0)
    throw new StackFailure(`waterclock setup failed: ${said.at(-1) ?? 'no message'}`, { path: product.log });
}

function isUp({ supervisor, services, webUi }: StateFile): string {
  const ports = services.filter(({ port }) => port).map(({ name, port }) => `${name} ${port}`);
  return `the stack of this clone is up already (process ${supervisor.pid}): ${ports.join('   ')}   Web UI ${webUi}`;
}

function version(): string {
  return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;
}

function pythonVersion(): string {
  const [, found] = /^version(?:_info)? = (\S+)/m.exec(readFileSync(join(venv, 'pyvenv.cfg'), 'utf8')) ?? [];
  return found ?? '3';
}
