import { join, resolve } from 'node:path';
import type { DbtProgress } from '../model/dbt.js';
import type { Settings } from '../model/settings.js';
import type { DbtEvents } from './events.js';
import { faultOf } from './faults.js';
import { cacheFile, copyParse } from './parse-cache.js';
import { runDbt, type DbtExit } from './run-dbt.js';
import type { warmStarts } from './warm-start.js';

/** what a dbt command runs in */
export interface DbtContext {
  dbt: Settings['dbt'];
  /** of the child process: what profiles.yml reads, PATH, AWS_* */
  environment: Record<string, string | undefined>;
  /** told with every line of dbt's log, and while the warehouse works on a node */
  heartbeat(progress: DbtProgress): void;
  signal?: AbortSignal;
  /** the one folder that dbt writes to */
  folder: string;
  /** what the build has told so far */
  events: DbtEvents;
  /** processes that have loaded dbt before; absent: each begins with that */
  warm?: ReturnType<typeof warmStarts>;
}

const heartbeatEvery = 3_000;
const indirect = ['--indirect-selection', 'buildable'];
/** dbt keeps what it parsed here; it checks itself that version, profile, target and files are the same */
const parseFile = 'partial_parse.msgpack';

/** where `dbt build` and `dbt retry` leave their artifacts */
export const targetOf = ({ folder }: DbtContext) => join(folder, 'target');

/** `dbt build` of exactly these nodes and their tests */
export function build(context: DbtContext, words: string[], fullRefresh: boolean): Promise<DbtExit> {
  const refresh = fullRefresh ? ['--full-refresh'] : [];
  return followed(context, ['build', '--select', ...words, ...indirect, ...threads(context), ...refresh]);
}

/** `dbt retry` of what failed in the last build or retry, and of what that blocked */
export function retry(context: DbtContext): Promise<DbtExit> {
  return followed(context, ['retry', ...threads(context)]);
}

const threads = ({ dbt }: DbtContext) => ['--threads', String(dbt.threads)];

async function followed(context: DbtContext, words: string[]): Promise<DbtExit> {
  const { events, folder } = context;
  const beat = () => context.heartbeat(events.progress());
  // dbt is silent while a statement runs: the statement is the sign of life
  const timer = setInterval(() => {
    if (events.progress().running.length > 0) beat();
  }, heartbeatEvery);
  const line = (text: string) => {
    events.read(text);
    beat();
  };
  try {
    return await dbt(context, [...words, '--log-format', 'json', '--log-path', folder], targetOf(context), line);
  } finally {
    clearInterval(timer);
  }
}

/** parses the project; the folder that holds its manifest.json */
export async function parseProject(context: DbtContext): Promise<string> {
  const target = join(context.folder, 'parse');
  await told(context, ['parse', '--quiet', '--log-path', target], target);
  return target;
}

/** asks dbt itself which nodes a select means; throws what dbt says of a select that it refuses */
export async function listNodes(context: DbtContext, select: string): Promise<Set<string>> {
  const target = join(context.folder, 'list');
  const output = ['--quiet', '--output', 'json', '--output-keys', 'unique_id', '--log-path', target];
  const lines = await told(context, ['ls', '--select', ...select.split(/\s+/), ...indirect, ...output], target);
  return new Set(lines.flatMap((line) => /^\{"unique_id": "([^"]+)"\}$/.exec(line)?.[1] ?? []));
}

/** the first rows of tests, as the events that dbt tells of them */
export function showRows(context: DbtContext, words: string[], limit: number): Promise<string[]> {
  const target = join(context.folder, 'show');
  // one argument: dbt shows what its first holds
  const show = ['show', '--select', words.join(' '), '--limit', String(limit), '--output', 'json'];
  return told(context, [...show, '--log-format', 'json', '--log-path', target], target);
}

/** what dbt tells on its standard output */
async function told(context: DbtContext, words: string[], target: string): Promise<string[]> {
  const lines: string[] = [];
  const { code, stderr } = await dbt(context, words, target, (text) => {
    lines.push(text);
    context.heartbeat(context.events.progress());
  });
  if (code === 0) return lines;
  const plain = lines.map((line) => line.replace(/^\d\d:\d\d:\d\d\s+/, ''));
  throw faultOf(code, plain, stderr);
}

async function dbt(
  context: DbtContext,
  words: string[],
  target: string,
  line: (text: string) => void,
): Promise<DbtExit> {
  const { projectDir, target: profile } = context.dbt;
  const project = resolve(projectDir);
  const cache = cacheFile(context.dbt, 'msgpack');
  await copyParse(cache, join(target, parseFile));
  const exit = await runDbt({
    ...programOf(context),
    cwd: context.folder,
    args: [
      words,
      ['--project-dir', project, '--profiles-dir', project, '--target', profile, '--target-path', target],
      ['--no-use-colors', '--no-use-colors-file', '--no-version-check', '--no-send-anonymous-usage-stats'],
    ].flat(),
    line,
    ...(context.warm && { start: context.warm.start }),
    ...(context.signal && { signal: context.signal }),
  });
  await copyParse(join(target, parseFile), cache);
  context.warm?.prepare(programOf(context));
  return exit;
}

/** dbt as a process that waits for its command: in a folder that stays, which a build's own does not */
export const programOf = ({ dbt, environment }: Pick<DbtContext, 'dbt' | 'environment'>) => ({
  command: dbt.command,
  cwd: resolve(dbt.projectDir),
  environment: { ...environment, DBT_SEND_ANONYMOUS_USAGE_STATS: 'false', PYTHONUNBUFFERED: '1' },
});
