import { lastLines, StackFailure } from '../supervisor/stack-failure.js';
import { life } from './life.js';
import type { StartOptions } from './options.js';
import { start } from './start.js';
import { screen } from './terminal.js';

interface Run {
  /** throws one sentence when the arguments cannot be meant */
  options: () => StartOptions;
  own: Record<string, string | undefined>;
  /** what the set-up took */
  summary?: string;
  whenParentEnds(work: () => void): void;
}

/** `npm start` and `waterclock start`: goes on until a signal, or with `--exit` until the job is done */
export async function runStart({ options: read, own, summary, whenParentEnds }: Run): Promise<void> {
  const terminal = screen(process.stdout, process.stderr, own);
  const fail = (error: unknown) => {
    terminal.say(`waterclock: ${error instanceof Error ? error.message : String(error)}`);
    if (!(error instanceof StackFailure) || !error.logPath) return;
    for (const line of lastLines(error.logPath)) terminal.say(`  ${line}`);
    terminal.say(`log: ${error.logPath}`);
  };
  let options: StartOptions;
  try {
    options = read();
  } catch (error) {
    fail(error);
    process.exit(1);
  }
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
