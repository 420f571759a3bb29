import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { toJson } from '../../../control/json.js';
import { table } from '../../../starter/table.js';
import { createTerminal } from '../../../starter/terminal.js';

function capture(isTTY: boolean) {
  const written: string[] = [];
  return { written, stream: { isTTY, columns: 20, write: (text: string) => written.push(text) } };
}

test('without a terminal: a line at each change, at most one a second, the last one always', () => {
  const { written, stream } = capture(false);
  let now = 0;
  const terminal = createTerminal(capture(false).stream, stream, {}, () => now);
  terminal.progress('1/3');
  terminal.progress('2/3');
  now = 1000;
  terminal.progress('1/3');
  terminal.progress('2/3');
  now = 2500;
  terminal.progress('2/3');
  terminal.progress('3/3', { last: true });
  expect(written).toEqual(['1/3\n', '2/3\n', '3/3\n']);
});

test('on a terminal: one line, redrawn, cut to the width, gone before the next word', () => {
  const { written, stream } = capture(true);
  const terminal = createTerminal(capture(true).stream, stream, {});
  terminal.progress('a line that is longer than the terminal');
  terminal.say('done');
  expect(written).toEqual(['a line that is long', '\r\u001b[2K', 'done\n']);
});

test('colours only on a terminal, and not with NO_COLOR', () => {
  const painted = (isTTY: boolean, environment: Record<string, string>) => {
    const { written, stream } = capture(isTTY);
    const terminal = createTerminal(stream, capture(isTTY).stream, environment);
    terminal.print(terminal.paint('red', 'x'));
    return written.join('');
  };
  expect(painted(true, {})).toBe('\u001b[31mx\u001b[39m\n');
  expect(painted(true, { NO_COLOR: '1' })).toBe('x\n');
  expect(painted(false, {})).toBe('x\n');
});

describe('control characters of data are shown, not sent', () => {
  const data = '\u001b]0;pwned\u0007 \u009b31m \u001b[31m \u007f \r \u202e \u2066 \t \n end';
  const shown = '\\u001b]0;pwned\\u0007 \\u009b31m \\u001b[31m \\u007f \\u000d \\u202e \\u2066 \t \n end';
  const both = (isTTY: boolean) => {
    const out = capture(isTTY);
    const err = capture(isTTY);
    return { out: out.written, err: err.written, terminal: createTerminal(out.stream, err.stream, {}) };
  };

  test('as a result and as a line about the work, our own colours staying', () => {
    const { out, err, terminal } = both(true);
    terminal.print(`${terminal.paint('red', data)} ${data}`);
    terminal.say(`${terminal.paint('red', data, 'stderr')} ${data}`);
    expect(out).toEqual([`\u001b[31m${shown}\u001b[39m ${shown}\n`]);
    expect(err).toEqual(out);
  });

  test('in what goes on right now, which is one line', () => {
    const { err, terminal } = both(false);
    terminal.progress(data);
    expect(err).toEqual([`${shown.replace('\t \n', '   ')}\n`]);
  });

  test('in a table, whose columns stay in line', () => {
    expect(table([{ place: 'a\u001b[2J', n: 1 }]).split('\n')).toEqual([
      'place       n',
      '──────────  ─',
      'a\\u001b[2J  1',
    ]);
  });

  test('in JSON, which stays what it was', () => {
    const { out, terminal } = both(true);
    terminal.print(toJson({ place: data }));
    expect(out[0]).toMatch(/^[ -~]+\n$/);
    expect(JSON.parse(out[0] ?? '')).toEqual({ place: data });
  });
});

test('commands write through the terminal only', () => {
  const folder = new URL('../../../starter/', import.meta.url);
  const writing = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.m?ts$/.test(name))
    .filter((name) => /process\.std(out|err)\b|\bconsole\./.test(readFileSync(new URL(name, folder), 'utf8')));
  expect(writing).toEqual(['main.ts']);
});
