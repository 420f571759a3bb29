import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { childEnvironment } from '../child-environment.js';
import { compareWithFolder, updateFolder, type Compared } from '../expected/expected-folder.js';
import { readRowSets } from '../expected/read-row-sets.js';
import { endLeftovers, removeState, testsFolder } from '../leftovers.js';
import { withProjectFile } from '../own-settings.js';
import { freePorts } from '../ports.js';
import { startStack } from '../stack.js';
import type { Life } from '../start/life.js';
import { runMainJob } from '../start/main-job.js';
import { prepareProject } from '../start/prepare-project.js';
import { productCommands, type Product } from '../start/product.js';
import { jobLine } from '../start/screen.js';

interface Options {
  project: string;
  /** folder of the project's states */
  home: string;
  own: Record<string, string | undefined>;
  /** the only one that is tested */
  pipeline?: string;
  /** what there is becomes what is expected */
  update: boolean;
  life: Life;
  onProgress(line: string): void;
  onLine(line: string): void;
}

interface TestResult {
  ok: boolean;
  update: boolean;
  /** the pipelines that were checked */
  definitions: string[];
  problems: string[];
  job?: { line: string; failures: string[] };
  /** pipelines without a sample */
  idle?: string[];
  compared?: Compared[];
  written?: string[];
  removed?: string[];
  /** of the services and runs, where something failed */
  logs?: string;
}

/** `unknown`: the pipeline that was asked for is not there */
export type TestOutcome = { unknown: string; result?: never } | { unknown?: never; result: TestResult };

/** a project's definitions, samples, runs, models and rows, on a stack of its own that goes afterwards */
export async function testProject(options: Options): Promise<TestOutcome> {
  const { project, home, update, pipeline, life, onProgress } = options;
  const own = withProjectFile(options.own, project);
  await endLeftovers(home);
  const state = join(testsFolder(home), `${process.pid}-${Date.now()}`);
  mkdirSync(join(state, 'logs'), { recursive: true, mode: 0o700 });
  const stops: ((options: { now: boolean }) => Promise<void>)[] = [];
  let logs: string | undefined;
  life.onEnd(async () => {
    await Promise.allSettled(stops.toReversed().map((stop) => stop({ now: true })));
    if (logs) keepLogs(state, logs);
    removeState(state);
  });

  onProgress('definitions and samples ...');
  const checks = productCommands({
    state,
    processEnvironment: () => ({ ...childEnvironment(own), WATERCLOCK_PROJECT: project }),
  });
  const { pipelines: definitions, problems } = await check(checks, pipeline);
  checks.end();
  if (pipeline !== undefined && !definitions.includes(pipeline)) {
    if (problems.length === 0)
      return { unknown: `no pipeline is named '${pipeline}' (known: ${definitions.join(', ')})` };
  }
  const checked = pipeline === undefined ? definitions : [pipeline];
  const common = { update, definitions: checked, problems };
  if (problems.length > 0) return { result: { ok: false, ...common } };

  onProgress('stack: starting ...');
  const stack = await startStack({
    state,
    ports: await freePorts(),
    chooseAgain: freePorts,
    own,
    project,
    upstream: {},
    onLine: options.onLine,
    onGivenUp: (failure) => life.fail(failure),
    onStarting: (stop) => stops.push(stop),
  });
  const product = productCommands(stack);
  stops.push(async () => product.end());
  const { pipelines, inputs } = await prepareProject(stack, product, {
    project,
    ...(pipeline && { only: [pipeline] }),
  });
  const job = await runMainJob({ product, state, inputs, onProgress });
  const idle = pipelines.map(({ name }) => name).filter((name) => !inputs.some((one) => one.pipeline === name));
  const ran = { job: { line: jobLine(job), failures: job.failures }, idle };
  if (job.failures.length > 0) {
    logs = join(home, 'test-logs');
    return { result: { ok: false, ...common, ...ran, logs } };
  }
  onProgress('rows ...');
  const isWhole = pipeline === undefined;
  const loaded = job.pipelines.filter(({ total }) => total > 0).map(({ pipeline }) => pipeline);
  const sets = await readRowSets(product, loaded, isWhole);
  if (update) return { result: { ok: true, ...common, ...ran, ...updateFolder(project, sets, isWhole) } };
  const compared = compareWithFolder(project, sets, isWhole);
  const ok = compared.every(({ differences }) => differences.length === 0);
  return { result: { ok, ...common, ...ran, compared } };
}

const checkResult = z.object({
  pipelines: z.array(z.string()),
  problems: z.array(z.object({ definition: z.string(), problem: z.string() })),
});

async function check(product: Product, only: string | undefined) {
  const { result, said, code } = await product.run(['pipelines', '--check', '--json']);
  const read = checkResult.safeParse(result);
  if (!read.success) throw new Error(`waterclock pipelines --check: ${said.at(-1) ?? `exit code ${code}`}`);
  const problems = read.data.problems
    .filter(({ definition }) => only === undefined || definition === only || definition === 'waterclock.config.ts')
    .map(({ definition, problem }) => `${definition}: ${problem}`);
  return { pipelines: read.data.pipelines, problems };
}

/** those of the last test that failed */
function keepLogs(state: string, logs: string): void {
  rmSync(logs, { recursive: true, force: true });
  renameSync(join(state, 'logs'), logs);
}
