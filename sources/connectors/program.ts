import { createInterface } from 'node:readline';
import { TerminalError, TransientError } from '../../model/errors.js';
import { startChild, type ChildEnd } from '../../tasks/child.js';

interface ProgramOptions {
  command: string;
  args: string[];
  /** a folder of its own */
  cwd: string;
  environment: Record<string, string | undefined>;
  signal: AbortSignal;
  /** what it writes to stderr */
  line(text: string): void;
  /** ms from SIGTERM to SIGKILL */
  grace?: number;
}

/** bytes; a message is shorter */
const longestLine = 64 * 1024 * 1024;
const newline = 0x0a;

/** lines of stdout, each with its newline; throws the signal's reason, or how the program ended */
export async function* linesOf(options: ProgramOptions): AsyncGenerator<Buffer> {
  const { command, args, cwd, environment, signal, grace = 10_000 } = options;
  signal.throwIfAborted();
  const child = startChild({ command, args, cwd, environment, grace });
  let last = '';
  createInterface({ input: child.stderr }).on('line', (text) => {
    if (text.trim()) last = text.trim().slice(0, 500);
    options.line(text);
  });
  const { ended, stop } = child;
  signal.addEventListener('abort', stop, { once: true });
  try {
    let begun: Buffer[] = [];
    let length = 0;
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      let from = 0;
      for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
        const piece = chunk.subarray(from, end + 1);
        yield begun.length > 0 ? Buffer.concat([...begun, piece]) : piece;
        begun = [];
        length = 0;
        from = end + 1;
      }
      if (from === chunk.length) continue;
      begun.push(chunk.subarray(from));
      length += chunk.length - from;
      if (length > longestLine)
        throw new TerminalError('ConnectorFailed', `${command} wrote a line of more than ${longestLine} bytes`);
    }
    if (begun.length > 0) yield Buffer.concat(begun);
    const end = await ended;
    signal.throwIfAborted();
    if ('error' in end) throw missing(command, end.error);
    if (!('code' in end && end.code === 0)) throw new TransientError(endOf(command, end, last));
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
    await ended;
  }
}

function missing(command: string, cause: NodeJS.ErrnoException): Error {
  return new TerminalError('ConnectorMissing', `${command} cannot be started (${cause.code ?? cause.message})`, {
    cause,
  });
}

function endOf(command: string, end: Exclude<ChildEnd, { error: unknown }>, last: string): string {
  const said = last ? `: ${last}` : '';
  if ('code' in end) return `${command} ended with exit code ${end.code}${said}`;
  const why = end.signal === 'SIGKILL' ? '; the system kills what takes more memory than there is' : '';
  return `${command} was killed by ${end.signal}${why}${said}`;
}
