import { mkdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { endLeftovers, removeState, runningStack } from '../leftovers.js';
import { runningFile, toolsFolder } from '../paths.js';
import { ownSettings, withProjectFile } from '../own-settings.js';
import { choosePorts } from '../ports.js';
import { packageFolder } from '../programs.js';
import { withSetUpLock } from '../setup/set-up-lock.mjs';
import { type Stack, startStack } from '../stack.js';
import type { StateFile } from '../state-file.js';
import { StackFailure } from '../supervisor/stack-failure.js';
import type { Life } from './life.js';
import { runMainJob } from './main-job.js';
import type { StartOptions } from './options.js';
import { prepareProject } from './prepare-project.js';
import { reloadOnSave } from './reload.js';
import { type Product, productCommands } from './product.js';
import { readResults } from './results.js';
import {
  answerLines,
  header,
  jobLine,
  lastLine,
  nextLines,
  redshiftLine,
  savedLine,
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
  const { home, state, project } = options;
  const settings = withProjectFile(own, project);
  const { taken, ignored } = ownSettings(settings);
  // two starts at once: the second finds the first's entry
  const { moved, starting } = await withSetUpLock(join(home, 'start.lock'), () => {}, claim);
  const stack = await starting;
  const { ports } = stack;
  const product = productCommands(stack);
  life.onEnd(async () => product.end());
  return withStack(stack, product);

  /** up to the entry in `running.json`, which is written before any service is waited for */
  async function claim() {
    const up = runningStack(home);
    if (up) throw new StackFailure(isUp(up));
    const ended = await endLeftovers(home);
    if (ended.length > 0) screen.say(`ended what an earlier start left running: ${ended.join(', ')}`);
    if (options.fresh) removeState(state);
    const { ports, moved } = await choosePorts(options.asked);
    screen.print(header(version(), process.versions.node, pythonVersion()));
    if (summary) screen.print(summary);
    if (Object.keys(taken).length > 0) screen.print(`settings   taken: ${Object.keys(taken).sort().join(', ')}`);
    if (ignored.length > 0)
      screen.print(`settings   ignored, since the embedded stack has its own: ${ignored.join(', ')}`);
    mkdirSync(state, { recursive: true, mode: 0o700 });
    screen.progress('stack: starting');
    const starting = startStack({
      state,
      ports,
      chooseAgain: async (kept) => (await choosePorts({ ...kept, ...options.asked })).ports,
      own: settings,
      settings: taken,
      project,
      pointer: runningFile(home),
      ...(!options.live && { upstream: { ...(options.data && { data: options.data }) } }),
      onLine: (line) => screen.say(line),
      onGivenUp: (failure) => life.fail(failure),
      onStarting: (stop) => life.onEnd(stop),
    });
    return { moved, starting };
  }

  async function withStack(stack: Stack, product: Product): Promise<boolean> {
    const { pipelines, inputs } = await prepareProject(stack, product, options);
    const idle = pipelines.filter(({ name }) => !inputs.some(({ pipeline }) => pipeline === name));
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
      screen.print(savedLine);
      screen.print(lastLine(basename(state)));
      const endWatch = reloadOnSave({ stack, product, project, screen });
      life.onEnd(async () => endWatch());
    }
    return job.failures.length === 0;
  }
}

function isUp({ supervisor, services, webUi }: StateFile): string {
  const ports = services.filter(({ port }) => port).map(({ name, port }) => `${name} ${port}`);
  return `the stack is up here already (process ${supervisor.pid}): ${ports.join('   ')}   Web UI ${webUi}`;
}

function version(): string {
  return (JSON.parse(readFileSync(join(packageFolder('waterclock'), 'package.json'), 'utf8')) as { version: string })
    .version;
}

function pythonVersion(): string {
  const [, found] = /^version(?:_info)? = (\S+)/m.exec(readFileSync(join(toolsFolder(), 'pyvenv.cfg'), 'utf8')) ?? [];
  return found ?? '3';
}
