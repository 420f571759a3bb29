import { randomBytes } from 'node:crypto';
import { styleText } from 'node:util';
import { visible } from '../model/visible.js';

export type Colour = 'red' | 'green' | 'yellow' | 'cyan' | 'dim' | 'bold';

/** result on stdout, everything else on stderr; control characters of what is written are shown, not sent */
export interface Terminal {
  /** a line of the result */
  print(text: string): void;
  /** a line about the work */
  say(text: string): void;
  /** what goes on right now: one line redrawn on a terminal, otherwise a line at each change, at most one a second */
  progress(text: string, options?: { last?: boolean }): void;
  /** for texts that are then printed or said: only there the colour becomes one */
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
  // what begins an escape of ours; data cannot know it
  const own = `\u001b${randomBytes(8).toString('hex')}`;
  const safe = (text: string) => text.split(own).map(visible).join('\u001b');
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
      stdout.write(`${safe(text)}\n`);
    },
    say(text) {
      clear();
      stderr.write(`${safe(text)}\n`);
    },
    progress(told, { last = false } = {}) {
      const text = safe(told).replace(/[\n\t]+/g, ' ');
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
    paint(colour, text, stream = 'stdout') {
      if (!colours(stream === 'stdout' ? stdout : stderr)) return text;
      const [before = '', after = ''] = styleText(colour, '|', { validateStream: false }).split('|');
      return `${own}${before.slice(1)}${text}${own}${after.slice(1)}`;
    },
    isInteractive: () => Boolean(stderr.isTTY),
    width: () => (stdout.isTTY ? stdout.columns : undefined),
  };
}
