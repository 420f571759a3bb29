import { endWithSteps } from '../setup/end-with-steps.mjs';
import { setUpTools } from '../setup/set-up.mjs';
import { life } from '../start/life.js';
import { lastLines, StackFailure } from '../supervisor/stack-failure.js';
import { testProject, type TestOutcome } from '../test-project/test-project.js';
import { exitCodes, type CommandContext, type Environment, type PackageCommand } from './command.js';

export interface Options {
  pipeline?: string;
  update?: true;
}

export function testCommand(own: Environment): PackageCommand<Options> {
  return {
    options(command) {
      command
        .option('--pipeline <name>', 'only this pipeline: its definition, sample, runs, models and rows')
        .option('--update', 'write what the warehouse has as what is expected')
        .addHelpText(
          'after',
          `
Checks every definition and its sample, runs each pipeline over its sample on an embedded stack of its own, builds the
models with their tests, and compares the rows of each table and of the project's questions with test/expected/.`,
        );
    },
    examples: ['waterclock test', 'waterclock test --pipeline orders', 'waterclock test --update --json'],
    async run(context, { pipeline, update = false, json }) {
      const { terminal } = context;
      const { folder: project } = context.projectPlace();
      context.takeSignals();
      const stopListening = endWithSteps();
      await setUpTools(own, (line) => terminal.say(line));
      stopListening();
      const living = life({
        whenParentEnds: () => undefined,
        onFailure: (failure) => sayFailure(context, failure),
        onStopping: () => undefined,
      });
      let outcome: TestOutcome;
      try {
        outcome = await testProject({
          project,
          home: context.stateFolder(),
          own,
          update,
          ...(pipeline !== undefined && { pipeline }),
          life: living,
          onProgress: (line) => terminal.progress(line),
          onLine: (line) => terminal.say(line),
        });
      } catch (error) {
        if (living.isEnding()) return waitForEnd();
        sayFailure(context, error);
        return end(error instanceof StackFailure ? exitCodes.unreachable : exitCodes.failed);
      }
      if (outcome.unknown !== undefined) {
        terminal.say(`error: ${outcome.unknown}`);
        return end(exitCodes.usage);
      }
      terminal.print(json ? JSON.stringify(outcome.result) : linesOf(outcome.result).join('\n'));
      return end(outcome.result.ok ? exitCodes.done : exitCodes.failed);

      /** the stack is stopped and the process ends */
      async function end(code: number): Promise<never> {
        await living.end(code);
        return waitForEnd();
      }
    },
  };
}

const waitForEnd = () => new Promise<never>(() => undefined);

function sayFailure({ terminal }: CommandContext, error: unknown): void {
  terminal.say(`error: ${error instanceof Error ? error.message : String(error)}`);
  if (!(error instanceof StackFailure) || !error.logPath) return;
  for (const line of lastLines(error.logPath)) terminal.say(`  ${line}`);
}

function linesOf(result: NonNullable<TestOutcome['result']>): string[] {
  const { problems, job, idle, compared = [], written = [], removed = [], definitions, logs } = result;
  const differing = compared.filter(({ differences }) => differences.length > 0);
  return [
    problems.length > 0
      ? `checked    ${problems.length} problem${problems.length === 1 ? '' : 's'}`
      : `checked    ${definitions.join(', ')}`,
    ...problems.map((problem) => `  ${problem}`),
    ...(job ? [job.line, ...job.failures.map((failure) => `  failed: ${failure}`)] : []),
    ...(idle ?? []).map((name) => `not run    ${name}: it has no sample (pipelines/${name}/sample/sample.yaml)`),
    ...(compared.length > 0
      ? [`expected   ${compared.length - differing.length} of ${compared.length} files as expected`]
      : []),
    ...differing.flatMap(({ file, differences }) => [`  ${file}`, ...differences.map((line) => `    ${line}`)]),
    ...written.map((file) => `written    ${file}`),
    ...removed.map((file) => `removed    ${file}`),
    ...(result.update && written.length + removed.length === 0 ? ['expected   all files were right already'] : []),
    ...(logs ? [`logs       ${logs}`] : []),
  ];
}
