import { expect, test } from 'vitest';
import { createContext } from '../../../control/context.js';
import { explain } from '../../../control/explain.js';
import { runProgram } from '../../../starter/program.js';
import { createTerminal } from '../../../starter/terminal.js';

const environment = {
  WATERCLOCK_LAKE_BUCKET: 'lake',
  WATERCLOCK_REDSHIFT_DATABASE: 'warehouse',
  WATERCLOCK_REDSHIFT_WORKGROUP: 'waterclock',
  WATERCLOCK_COPY_ROLE_ARN: 'arn:aws:iam::123456789012:role/copy',
};

/** the command in this process, as main.ts runs it */
async function waterclock(words: string[]) {
  let [stdout, stderr] = ['', ''];
  const out = { write: (text: string) => (stdout += text) };
  const err = { write: (text: string) => (stderr += text) };
  const context = createContext(createTerminal(out, err, {}), () => environment, { folder: 'test/project' });
  try {
    return { code: await runProgram(words, context), stdout, stderr };
  } catch (error) {
    const { message, exitCode } = explain(error);
    return { code: exitCode, stdout, stderr: stderr + message };
  }
}

test.each([
  ['run', '--until-step'],
  ['backfill create', '--max-active'],
  ['query', '--param'],
  ['schedule apply', '--dry-run'],
  ['schedule pause', '--all'],
  ['schedule resume', '--all'],
  ['note', '--by'],
  ['runs', '--owner'],
  ['pipelines', '--tag'],
])('%s --help shows its options and examples', async (command, option) => {
  const { code, stdout } = await waterclock([...command.split(' '), '--help']);
  expect(code).toBe(0);
  expect(stdout).toContain(option);
  expect(stdout).toContain('--json');
  expect(stdout).toMatch(/Examples:\n {2}waterclock/);
});

test.each([
  [['bogus'], "unknown command 'bogus'"],
  [['run'], "missing required argument 'pipeline'"],
  [['run', 'catlog'], 'did you mean catalog?'],
  [
    ['run', 'catalog', '--until-step', 'load'],
    'Allowed choices are before, extract, validate, parquet, copy, dbt, after',
  ],
  [['run', 'minibuses', '--interval', '2022-11-24T10:30Z'], 'the neighbours are 2022-11-24T10:00:00Z'],
  [['run', 'minibuses', '--param', 'x'], 'a parameter is written k=v'],
  [['run', 'minibuses', '--param', 'x=1'], 'minibuses has no param x (it takes none)'],
  [['run', 'readings', '--param', 'minlevel=big'], "must be a number from -2 to 10, got 'big'"],
  [['run', 'readings', '--param', 'minlevel=1', '--param', 'minlevel=2'], 'minlevel is given twice'],
  [
    ['backfill', 'create', 'readings', '--from', '2018-02-01', '--to', '2018-02-02', '--param', 'depth=1'],
    'readings has no param depth (known: minlevel: a number from -2 to 10)',
  ],
  [['schedule', 'pause'], 'name a pipeline, or say --all'],
  [['schedule', 'resume', 'catalog', '--all'], "name a pipeline or say --all, got 'catalog' and --all"],
  [['schedule', 'trigger'], "missing required argument 'name'"],
  [['schedule', 'apply', 'catlog'], 'did you mean catalog?'],
  [['schedule', 'apply', 'catalog', '--prune'], 'it goes without names'],
  [
    ['note', 'backfill-catalog', 'x'],
    "notes are kept for runs, as in orders-2026-01-31T02:00:00Z; got 'backfill-catalog'",
  ],
  [['pipelines', '--owner', 'nobody'], "no pipeline has the owner 'nobody' (known: data-platform)"],
  [['backfill', 'create', 'catalog', '--from', '2022-11-24', '--to', '2022-11-25'], 'catalog is a snapshot'],
  [['backfill', 'create', 'readings', '--from', '2018-02-01'], "required option '--to <time>'"],
  [
    ['backfill', 'create', 'readings', '--from', '2018-02-01', '--to', '2018-02-02', '--max-active', '0'],
    'from 1 to 100, got 0',
  ],
  [['backfill', 'set', 'readings', '--max-active', '250'], 'from 1 to 100, got 250'],
  [['retry', 'readings', '--from', '2018-02-01', '--to', '2018-02-02', '--max-active', '250'], 'from 1 to 100'],
])('%j is a usage error', async (words, message) => {
  const { code, stdout, stderr } = await waterclock(words);
  expect(stderr).toContain(message);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
});
