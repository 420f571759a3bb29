import { join, resolve } from 'node:path';
import type { Settings } from '../../model/settings.js';
import { dbtEvents, type DbtEvents, type DbtProgress } from './events.js';
import { faultOf } from './faults.js';
import { copyParse, parseCache } from './parse-cache.js';
import { runDbt, type DbtExit } from './run-dbt.js';

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
}

const heartbeatEvery = 3_000;
const indirect = ['--indirect-selection', 'buildable'];
const parseFile = 'partial_parse.msgpack';

/** `dbt build` of the union of the selects; artifacts lie in `target` */
export async function build(
  context: DbtContext,
  selects: string[],
  fullRefresh: boolean,
): Promise<{ exit: DbtExit; events: DbtEvents; target: string }> {
  const target = join(context.folder, 'target');
  const events = dbtEvents();
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
    const options = ['--threads', '4', '--log-format', 'json', ...(fullRefresh ? ['--full-refresh'] : [])];
    const exit = await dbt(context, 'build', selects, [...options, '--log-path', context.folder], target, line);
    return { exit, events, target };
  } finally {
    clearInterval(timer);
  }
}

/** asks dbt itself which nodes a select means; throws what dbt says of a select that it refuses */
export async function listNodes(context: DbtContext, select: string): Promise<Set<string>> {
  const target = join(context.folder, 'list');
  const found = new Set<string>();
  const told: string[] = [];
  const line = (text: string) => {
    const id = /^\{"unique_id": "([^"]+)"\}$/.exec(text)?.[1];
    if (id) found.add(id);
    else told.push(text.replace(/^\d\d:\d\d:\d\d\s+/, ''));
    context.heartbeat({ done: 0, total: 0, failed: 0, running: [] });
  };
  const options = ['--quiet', '--output', 'json', '--output-keys', 'unique_id', '--log-path', target];
  const { code, stderr } = await dbt(context, 'ls', [select], options, target, line);
  if (code !== 0) throw faultOf(code, told, stderr);
  return found;
}

async function dbt(
  context: DbtContext,
  command: 'build' | 'ls',
  selects: string[],
  options: string[],
  target: string,
  line: (text: string) => void,
): Promise<DbtExit> {
  const { projectDir, target: profile } = context.dbt;
  const project = resolve(projectDir);
  const words = selects.flatMap((select) => select.split(/\s+/));
  const cache = parseCache(context.dbt);
  await copyParse(cache, join(target, parseFile));
  const exit = await runDbt({
    command: context.dbt.command,
    args: [
      [command, '--select', ...words, ...indirect, ...options],
      ['--project-dir', project, '--profiles-dir', project, '--target', profile, '--target-path', target],
      ['--no-use-colors', '--no-use-colors-file', '--no-version-check', '--no-send-anonymous-usage-stats'],
    ].flat(),
    cwd: context.folder,
    environment: { ...context.environment, DBT_SEND_ANONYMOUS_USAGE_STATS: 'false', PYTHONUNBUFFERED: '1' },
    line,
    ...(context.signal && { signal: context.signal }),
  });
  await copyParse(join(target, parseFile), cache);
  return exit;
}
