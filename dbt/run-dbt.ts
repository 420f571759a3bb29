import { createInterface } from 'node:readline';
import { TerminalError } from '../model/errors.js';
import { startCold, type Program, type Start } from './warm-start.js';

/** `cwd`: where dbt may write */
export interface DbtProcess extends Program {
  /** a new process when absent */
  start?: Start;
  line?: (line: string) => void;
  signal?: AbortSignal;
  /** ms from SIGINT to SIGKILL */
  grace?: number;
}

export interface DbtExit {
  code: number | null;
  /** the last lines of stderr */
  stderr: string;
}

const stderrLimit = 4_000;

/** runs dbt to its end; when cancelled, interrupts it, waits for it and throws the signal's reason */
export async function runDbt({ start = startCold, line, signal, grace = 30_000, ...program }: DbtProcess) {
  const { command } = program;
  signal?.throwIfAborted();
  const child = start(program);
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-stderrLimit);
  });
  if (child.stdout) createInterface({ input: child.stdout }).on('line', (text) => line?.(text));
  let kill: NodeJS.Timeout | undefined;
  const interrupt = () => {
    child.kill('SIGINT');
    kill = setTimeout(() => child.kill('SIGKILL'), grace);
  };
  signal?.addEventListener('abort', interrupt, { once: true });
  try {
    return await new Promise<DbtExit>((resolve, reject) => {
      child.on('error', (cause: NodeJS.ErrnoException) =>
        reject(
          new TerminalError(
            'DbtFailed',
            `dbt cannot be started as '${command}' (${cause.code ?? cause.message}): set WATERCLOCK_DBT to its path`,
            { cause },
          ),
        ),
      );
      child.on('close', (code) =>
        signal?.aborted ? reject(signal.reason as unknown) : resolve({ code, stderr: stderr.trim() }),
      );
    });
  } finally {
    clearTimeout(kill);
    signal?.removeEventListener('abort', interrupt);
  }
}
