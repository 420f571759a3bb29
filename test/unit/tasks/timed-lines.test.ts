import { expect, test } from 'vitest';
import { TerminalError } from '../../../model/errors.js';
import { followLines } from '../../../tasks/timed-lines.js';

/** two outputs are written side by side, so times within a second mix */
const log = [
  '2026-11-24T10:00:00.900000000Z one',
  '2026-11-24T10:00:00.100000000Z two',
  '2026-11-24T12:00:01.200000000+02:00 three',
  '2026-11-24T10:00:01.100000000Z four',
  '2026-11-24T10:00:01.100000000Z four',
  '2026-11-24T10:00:02.000000000Z five',
];

/** as a server shows them: those of a second and after it */
async function* shown(lines: string[], since: string | undefined): AsyncGenerator<Uint8Array> {
  const from = since === undefined ? 0 : Date.parse(since);
  for (const line of lines) if (Date.parse(line.slice(0, line.indexOf(' '))) >= from) yield Buffer.from(`${line}\n`);
}

test('wherever a log is left, the next reader goes on with the line behind', async () => {
  const all = ['one', 'two', 'three', 'four', 'four', 'five'];
  for (let count = 0; count <= log.length; count++) {
    const first = followLines(async (since) => shown(log.slice(0, count), since), undefined);
    await first.finish(true);
    const taken = first.take();
    const second = followLines(async (since) => shown(log, since), taken.next);
    await second.finish(true);
    expect([...taken.lines, ...second.take().lines].map(({ text }) => text)).toEqual(all);
  }
});

test('one reader whose connection breaks has each line once', async () => {
  let opened = 0;
  const followed = followLines(async (since) => {
    const breaks = ++opened < 4;
    return (async function* () {
      for await (const line of shown(log.slice(0, opened + 2), since)) yield line;
      if (breaks) throw new Error('the connection broke');
    })();
  }, undefined);
  const lines: string[] = [];
  for (let at = 0; at < 5; at++) {
    await followed.finish(true);
    lines.push(...followed.take().lines.map(({ text }) => text));
  }
  expect(lines).toEqual(['one', 'two', 'three', 'four', 'four', 'five']);
});

test('what forbids reading lines is said once, in their place', async () => {
  const followed = followLines(
    () => Promise.reject(new TerminalError('TaskRefused', 'pods/log is forbidden')),
    undefined,
  );
  await followed.finish(true);
  await followed.finish(true);
  expect(followed.take().lines.map(({ text }) => text)).toEqual(['(pods/log is forbidden)']);
});
