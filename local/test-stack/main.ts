import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { endLeftovers, removeState, testsFolder } from '../leftovers.js';
import { root, tool } from '../paths.js';
import { freePorts } from '../ports.js';
import { type Stack, startStack } from '../stack.js';
import { makeTemplate } from './template.js';
import type { TestStack } from './test-stack.js';

// one stack for the tests, on free ports with a state of its own; it lives as long as its standard input is open,
// so that it also ends when the tests are killed

const state = join(testsFolder(), `${process.pid}-${Date.now()}`);
const program = join(state, 'program');
/** of the tests, apart from the one that ships */
const project = 'test/project';
// a run that is deleted is gone once the queues' progress is written: every second instead of every half minute
const temporalSettings = Object.fromEntries(
  ['transfer', 'timer', 'visibility'].map((queue) => [`history.${queue}ProcessorUpdateAckInterval`, '"1s"']),
);
let stack: Stack | undefined;
let isEnding = false;

async function end(exitCode: number): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  await stack?.stop({ now: true });
  removeState(state);
  process.exit(exitCode);
}

process.stdin
  .resume()
  .once('end', () => void end(0))
  .once('error', () => void end(0));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end(1));
process.on('uncaughtException', (error) => {
  console.error(`stack: ${error.message}`);
  void end(1);
});

try {
  await endLeftovers();
  mkdirSync(state, { recursive: true, mode: 0o700 });
  // its children would load all sources through tsx, each time anew
  const built = promisify(execFile)(
    process.execPath,
    ['infra/image/build.mjs', program, `${project}/tsconfig.program.json`, `${project}/pipelines`],
    { cwd: root },
  );
  built.catch(() => undefined);
  stack = await startStack({
    state,
    ports: await freePorts(),
    chooseAgain: freePorts,
    // tests may ask the local Redshift for faults
    own: { ...process.env, REDSHIFT_DATA_FAULTS: 'on' },
    project: join(root, project),
    temporalSettings,
    upstream: {},
    onLine: (line) => console.error(`stack: ${line}`),
    onGivenUp: (failure) => {
      console.error(`stack: ${failure.message}`);
      void end(1);
    },
  });
  await built;
  const environment = {
    ...stack.environment(),
    WATERCLOCK_PROJECT: join(program, project),
    WATERCLOCK_DBT_PROJECT_DIR: join(root, project, 'dbt'),
  };
  await makeTemplate(program, { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment });
  const answer: TestStack = {
    root,
    state,
    program,
    ports: stack.ports,
    credentials: stack.credentials,
    environment,
    tools: {
      temporal: tool('temporal'),
      testServer: tool('temporal-test-server'),
      dbt: tool('dbt'),
      rclone: tool('rclone'),
    },
  };
  console.log(JSON.stringify(answer));
} catch (error) {
  console.error(`stack: ${error instanceof Error ? error.message : String(error)}`);
  await end(1);
}
