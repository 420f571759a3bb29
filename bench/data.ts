import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { home, root } from '../local/paths.js';
import { pythonVenv } from '../local/setup/python-venv.mjs';
import { contestants, type Places } from './data/contestants.js';
import { measure, type Measured } from './data/measure.js';
import { table, targets, type Outcome } from './data/report.js';

const help = `usage: npm run bench:data -- [options]

The data path beside its peers: every record validated, flattened, hashed and written as Parquet, bad ones kept.
Set A: vehicle events, 1,000,000 of them; set B: wide nested rows, 100,000. Each runs in a process of its own,
the quick ones twice, the faster run counts.

options:
  --set a|b      one set only
  --share N      that share of the rows, 1 by default
  --only WORDS   those contestants only whose names hold one of the words, separated by commas
  --json         one JSON document on stdout
  --help

examples:
  npm run bench:data
  npm run bench:data -- --set a --share 0.1 --json
  npm run bench:data -- --set a --only 'one thread,duckdb'
`;

const { values } = parseArgs({
  options: {
    set: { type: 'string' },
    share: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(help);
  process.exit(0);
}
const words = values.only.split(',');
const share = Number(values.share);
if (!(share > 0 && share <= 10) || (values.set !== undefined && !['a', 'b'].includes(values.set))) {
  process.stderr.write(`--set takes a or b, --share a number up to 10; got ${values.set ?? ''} ${values.share}\n`);
  process.exit(2);
}

/** on a machine that others use too, one run may take twice as long as the next; the slow ones run once, for the sake of time */
const rounds = 2;
const quickSeconds = 30;

const folder = join(home, 'bench');
const cwd = join(folder, 'run');
for (const name of ['data', 'out', 'run']) mkdirSync(join(folder, name), { recursive: true });
rmSync(join(cwd, 'lib'), { force: true });
symlinkSync(join(root, 'bench/peers/lib'), join(cwd, 'lib'));
const places: Places = {
  root,
  cwd,
  python: await pythonVenv('bench', process.env),
  data: (set) => join(folder, 'data', `${set}.ndjson`),
  out: (name) => join(folder, 'out', name),
};

const outcomes: Outcome[] = [];
for (const [kind, most] of [['a', 1_000_000] as const, ['b', 100_000] as const]) {
  if (values.set !== undefined && values.set !== kind) continue;
  const rows = Math.round(most * share);
  const set = `${kind}${rows}`;
  await prepare(kind, set, rows);
  const measured: Measured[] = [];
  const all = contestants(set, places);
  const chosen = all.filter(({ name }) => words.some((word) => name.includes(word)));
  if (chosen.length === 0) {
    process.stderr.write(`--only ${values.only} names none of: ${all.map(({ name }) => name).join('; ')}\n`);
    process.exit(2);
  }
  for (let round = 1; round <= rounds; round++) {
    for (const [at, contestant] of chosen.entries()) {
      const earlier = measured[at];
      if (earlier && (earlier.error || earlier.seconds > quickSeconds)) continue;
      process.stderr.write(`set ${kind.toUpperCase()}, ${rows} rows, round ${round}: ${contestant.name} ...\n`);
      const now = await measure(contestant, places);
      measured[at] = earlier ? better(earlier, now) : now;
    }
  }
  const bytes = statSync(places.data(set)).size;
  const equality = compare(kind, set, measured);
  outcomes.push({ kind, rows, bytes, measured, ...(equality && { equality }) });
}
if (values.json) process.stdout.write(`${JSON.stringify({ outcomes, targets: targets(outcomes) }, null, 2)}\n`);
else process.stdout.write(table(outcomes));

/** the data set, and DuckDB's plan for it */
async function prepare(kind: 'a' | 'b', set: string, rows: number): Promise<void> {
  const file = places.data(set);
  if (!existsSync(file)) {
    process.stderr.write(`making ${rows} rows of set ${kind.toUpperCase()} ...\n`);
    execFileSync(process.execPath, [join(root, 'bench/data/gen.mjs'), kind, String(rows), file], { stdio: 'ignore' });
  }
  const sql = (await import(new URL('peers/lib/ducksql.mjs', import.meta.url).href)) as Record<string, unknown>;
  const plan = (sql[kind === 'a' ? 'planA' : 'planB'] as (file: string, mode: string) => string)(file, 'objects');
  const outc = sql[kind === 'a' ? 'outA' : 'outB'];
  writeFileSync(places.out(`plan_${set}_objects.json`), JSON.stringify({ plan, outc }));
}

/** the faster of two runs, with the greater need of memory */
function better(one: Measured, other: Measured): Measured {
  if (other.error) return other;
  const stalls = [one.stallMs, other.stallMs].filter((ms) => ms !== undefined);
  return {
    ...(other.seconds < one.seconds ? other : one),
    peakMb: Math.max(one.peakMb, other.peakMb),
    ...(stalls.length > 0 && { stallMs: Math.max(...stalls) }),
  };
}

/** the service's rows and DuckDB's, column by column, when both were asked for */
function compare(kind: string, set: string, measured: Measured[]): Outcome['equality'] {
  const own = measured.find(({ name }) => name === 'waterclock, one thread');
  if (!own || !measured.some(({ name }) => name.startsWith('duckdb'))) return undefined;
  const reference = places.out(`duckdb_objects_${set}.parquet`);
  const args = [join(root, 'bench/compare.py'), kind, reference, ...(own.files ?? [])];
  return JSON.parse(execFileSync(places.python, args, { encoding: 'utf8' })) as Outcome['equality'];
}
