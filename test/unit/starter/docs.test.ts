import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createContext } from '../../../control/context.js';
import { runProgram } from '../../../starter/program.js';
import { createTerminal } from '../../../starter/terminal.js';

const root = new URL('../../../', import.meta.url);
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(new URL('docs/', root)).map((name) => `docs/${name}`),
].filter((name) => name.endsWith('.md'));

/** what a page tells people to type: code spans and lines of code blocks that begin with the command */
function commandsOf(text: string): string[] {
  const blocks = Array.from(text.matchAll(/^```[a-z]*\n([^]*?)^```/gm), ([, block = '']) => block);
  const lines = blocks.flatMap((block) => block.split('\n')).map((line) => line.replace(/\s+#.*$/, '').trim());
  const spans = Array.from(text.replace(/^```[^]*?^```/gm, '').matchAll(/`([^`\n]+)`/g), ([, span = '']) => span);
  return [...lines, ...spans].filter((code) => /^(npx )?waterclock /.test(code) && !/<command>|\.\.\./.test(code));
}

/** as a shell splits it; `a|b` is either word */
function variants(command: string): string[][] {
  const words = Array.from(
    command.replace(/^npx /, '').matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g),
    ([, double, single, bare]) => (bare === undefined ? [double ?? single ?? ''] : bare.split('|')),
  );
  return words
    .slice(1)
    .reduce<string[][]>((all, word) => all.flatMap((one) => word.map((each) => [...one, each])), [[]]);
}

const told = pages.flatMap((page) =>
  commandsOf(readFileSync(new URL(page, root), 'utf8')).flatMap((command) =>
    variants(command).map((words) => ({ page, words })),
  ),
);

/** parsed by the program itself, up to where its work would begin */
async function parsed(words: string[]): Promise<{ code: number; stderr: string }> {
  let stderr = '';
  const err = { write: (text: string) => (stderr += text) };
  const context = createContext(createTerminal({ write: () => undefined }, err, {}), () => ({}), {
    folder: 'test/project',
  });
  return { code: await runProgram(words, context, () => Promise.resolve(0)), stderr };
}

test('the pages tell commands', () => {
  expect(told.filter(({ page }) => page === 'docs/from-airflow.md').length).toBeGreaterThan(30);
  expect(told.filter(({ page }) => page === 'README.md').length).toBeGreaterThan(10);
});

test.each(told)('$page: $words', async ({ words }) => {
  const { code, stderr } = await parsed(words);
  // a command may be named without what it takes
  const isNamed =
    stderr.startsWith('error: missing required argument') || stderr.startsWith(`Usage: waterclock ${words[0]} `);
  if (words.length <= 2 && isNamed) return;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

test.each([
  ['a command', ['bogus']],
  ['an option', ['run', 'readings', '--later']],
  ['a value', ['run', 'readings', '--until-step', 'load']],
])('%s that is not there is found', async (_, words) => {
  expect(await parsed(words)).toMatchObject({ code: 2 });
});
