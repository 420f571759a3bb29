import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { TerminalError, TransientError } from '../../model/errors.js';

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
  // a group of its own: what it starts ends with it
  const child = spawn(command, args, { cwd, env: environment, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let last = '';
  createInterface({ input: child.stderr }).on('line', (text) => {
    if (text.trim()) last = text.trim().slice(0, 500);
    options.line(text);
  });
  const ended = new Promise<{ code: number | null; by: NodeJS.Signals | null } | Error>((resolve) => {
    child.once('error', resolve);
    child.once('close', (code, by) => resolve({ code, by }));
  });
  let kill: NodeJS.Timeout | undefined;
  const stop = () => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    signalGroup(child.pid, 'SIGTERM');
    kill ??= setTimeout(() => signalGroup(child.pid, 'SIGKILL'), grace);
  };
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
    if (end instanceof Error) throw missing(command, end);
    if (end.code !== 0) throw new TransientError(endOf(command, end.code, end.by, last));
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
    await ended;
    clearTimeout(kill);
  }
}

function missing(command: string, cause: NodeJS.ErrnoException): Error {
  return new TerminalError('ConnectorMissing', `${command} cannot be started (${cause.code ?? cause.message})`, {
    cause,
  });
}

function endOf(command: string, code: number | null, by: NodeJS.Signals | null, last: string): string {
  const said = last ? `: ${last}` : '';
  if (code !== null) return `${command} ended with exit code ${code}${said}`;
  const why = by === 'SIGKILL' ? '; the system kills what takes more memory than there is' : '';
  return `${command} was killed by ${by}${why}${said}`;
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // it has ended
  }
}
