import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import type { AnyCommand, Entry, Group } from './command-entry.js';
import { commands } from './commands/index.js';
import type { Context } from '../control/context.js';
import { exitCodes, type ExitCode } from '../control/failure.js';

type Perform = (definition: AnyCommand, context: Context, options: never, words: never[]) => Promise<ExitCode>;

const performCommand: Perform = (definition, context, options, words) => definition.run(context, options, ...words);

/** `perform` stands in for the command's own work where only the words are checked */
export async function runProgram(words: string[], context: Context, perform = performCommand): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.done;
  const { terminal } = context;
  const program = new Command('waterclock')
    .description('JSON from an API or a bucket to validated Parquet, Redshift and dbt: durable pipelines on Temporal')
    .version(version(), '-V, --version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.print(text.trimEnd()),
      writeErr: (text) => terminal.say(text.trimEnd()),
      outputError: (text, write) => write(text.replace(/^error/, terminal.paint('red', 'error', 'stderr'))),
    })
    .showHelpAfterError('(see --help)')
    .addHelpText(
      'after',
      `
Examples:
  waterclock run orders --wait
  waterclock backfill create orders --from 2026-01-31T01:00Z --to 2026-02-07T02:00Z --wait
  waterclock query "select * from monitor_db.run_executions_latest"
  waterclock <command> --help

An ingestor is \`run <pipeline> --until-step extract\`, a handler is the rest of the same run.
Times are ISO, UTC if bare. Exit: 0 done, 1 work failed, 2 usage, 3 unreachable, 130 interrupted.`,
    );

  const named = words.filter((word) => !word.startsWith('-'));
  const attach = async (parent: Command, list: (Entry | Group)[], path: string[]) => {
    for (const entry of list) {
      const command = parent.command(entry.usage).description(entry.summary);
      if (entry.group) command.helpGroup(entry.group);
      const isNamed = command.name() === path[0] || (path[0] === 'help' && command.name() === path[1]);
      if (!isNamed) continue;
      if ('commands' in entry) await attach(command, entry.commands, path.slice(path[0] === 'help' ? 2 : 1));
      else await define(command, entry);
    }
  };
  const define = async (command: Command, entry: Entry) => {
    const definition = await entry.load();
    definition.options?.(command);
    command
      .option('--json', 'the result as JSON on stdout')
      .option('--project <folder>', 'the project to work on, when it is not the one of this folder')
      .addHelpText('after', `\nExamples:\n${definition.examples.map((example) => `  ${example}`).join('\n')}`)
      .action(async () => {
        const { project } = command.opts<{ project?: string }>();
        if (project !== undefined) context.useProject(project);
        exitCode = await perform(definition, context, command.opts<never>(), command.processedArgs as never[]);
      });
  };

  await attach(program, commands, named);
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  }
  return exitCode;
}

function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
