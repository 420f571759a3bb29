import { lastLines, StackFailure } from '../supervisor/stack-failure.js';
import { life } from './life.js';
import { help, startOptions, type StartOptions } from './options.js';
import { start } from './start.js';
import { screen } from './terminal.js';

/** `npm start`; `summary` says what the set-up took */
export async function main(summary: string | undefined, whenParentEnds: (work: () => void) => void): Promise<void> {
  // the SDK's own remark on Node 20 is nothing a reader of this screen can use
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  const own = process.env;
  const terminal = screen(process.stdout, process.stderr, own);
  const fail = (error: unknown) => {
    terminal.say(`waterclock: ${error instanceof Error ? error.message : String(error)}`);
    if (!(error instanceof StackFailure) || !error.logPath) return;
    for (const line of lastLines(error.logPath)) terminal.say(`  ${line}`);
    terminal.say(`log: ${error.logPath}`);
  };
  let options: StartOptions;
  try {
    options = startOptions(process.argv.slice(2), own, own['INIT_CWD'] ?? process.cwd());
  } catch (error) {
    fail(error);
    process.exit(1);
  }
  if (options.help) return void process.stdout.write(help);

  const living = life({
    whenParentEnds,
    onFailure: fail,
    onStopping: () => terminal.say('stopping'),
  });
  // a fault of this program must not orphan the services
  process.on('uncaughtException', (error) => {
    fail(error);
    void living.end(1);
  });
  try {
    const isDone = await start({ options, own, ...(summary && { summary }), screen: terminal, life: living });
    if (options.exit) await living.end(isDone ? 0 : 1);
  } catch (error) {
    if (living.isEnding()) return;
    fail(error);
    await living.end(1);
  }
}
