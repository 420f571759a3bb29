import { styleText } from 'node:util';

export type Colour = 'red' | 'green' | 'yellow' | 'cyan' | 'dim' | 'bold';

/** result on stdout, everything else on stderr */
export interface Terminal {
  /** a line of the result */
  print(text: string): void;
  /** a line about the work */
  say(text: string): void;
  /** what goes on right now: one line redrawn on a terminal, otherwise a line at each change, at most one a second */
  progress(text: string, options?: { last?: boolean }): void;
  paint(colour: Colour, text: string, stream?: 'stdout' | 'stderr'): string;
  /** columns of stdout; absent when it is no terminal */
  width(): number | undefined;
  /** whether progress is redrawn in place */
  isInteractive(): boolean;
}

export interface Stream {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

export function createTerminal(
  stdout: Stream,
  stderr: Stream,
  environment: Record<string, string | undefined>,
  now: () => number = Date.now,
): Terminal {
  let drawn = '';
  let said = { text: '', at: -Infinity };
  const clear = () => {
    if (drawn) stderr.write('\r\u001b[2K');
    drawn = '';
  };
  const colours = (stream: Stream) =>
    Boolean(environment['FORCE_COLOR']) || (Boolean(stream.isTTY) && !environment['NO_COLOR']);
  return {
    print(text) {
      clear();
      stdout.write(`${text}\n`);
    },
    say(text) {
      clear();
      stderr.write(`${text}\n`);
    },
    progress(text, { last = false } = {}) {
      if (stderr.isTTY) {
        const line = text.slice(0, (stderr.columns ?? 80) - 1);
        if (line === drawn) return;
        clear();
        stderr.write(line);
        drawn = line;
      } else if (text !== said.text && (last || now() - said.at >= 1000)) {
        stderr.write(`${text}\n`);
        said = { text, at: now() };
      }
    },
    paint: (colour, text, stream = 'stdout') =>
      colours(stream === 'stdout' ? stdout : stderr) ? styleText(colour, text, { validateStream: false }) : text,
    isInteractive: () => Boolean(stderr.isTTY),
    width: () => (stdout.isTTY ? stdout.columns : undefined),
  };
}
