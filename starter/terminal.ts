import { randomBytes } from 'node:crypto';
import { styleText } from 'node:util';
import type { Terminal } from '../control/terminal.js';
import { visible } from '../model/visible.js';

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
