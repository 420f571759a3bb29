import { expect, test } from 'vitest';
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
  const paint = (isTTY: boolean, environment: Record<string, string>) =>
    createTerminal(capture(isTTY).stream, capture(isTTY).stream, environment).paint('red', 'x');
  expect(paint(true, {})).toBe('\u001b[31mx\u001b[39m');
  expect(paint(true, { NO_COLOR: '1' })).toBe('x');
  expect(paint(false, {})).toBe('x');
});
