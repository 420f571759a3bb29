import type { Grid } from '../model/interval.js';
import { buildName } from '../model/names.js';
import { alertChannels, type AlertChannel, type Audience } from '../model/policy.js';
import { identifier } from './check-columns.js';
import { gridOf } from './grid-of.js';
import { labelProblems } from './labels.js';

/** models that dbt builds on a schedule of their own, whatever pipelines load */
export type BuildOptions = ({ every: string; cron?: never } | { cron: string; every?: never }) & {
  /** lower snake_case; commands call it `build:<name>` */
  name: string;
  /** dbt's own words: `tag:daily`, `+orders` */
  select: string;
  /** IANA name, as in `'Europe/Madrid'`, by whose clocks a cron expression or `every: '1 day'` is read; UTC when absent */
  timezone?: string;
  /** it begins so long after each point of its schedule */
  offset?: string;
  /** incremental models from nothing */
  fullRefresh?: boolean;
  /** who answers for it, shown in every alert */
  owner?: string;
  /** where its failures go; to the log when absent */
  alerts?: { failed?: AlertChannel[] };
};

export interface ScheduledBuild {
  /** as commands call it: `build:daily` */
  name: string;
  select: string;
  grid: Grid;
  fullRefresh: boolean;
  audience: Audience;
}

/** adds what is wrong to `problems` */
export function buildsOf(options: BuildOptions[], pipelines: string[], problems: string[]): ScheduledBuild[] {
  const names = options.map(({ name }) => name);
  for (const name of new Set(names.filter((name, at) => names.indexOf(name) < at))) {
    problems.push(`two builds share the name ${name}`);
  }
  return options.map((each) => {
    const own: string[] = [];
    if (pipelines.includes(each.name)) own.push('a pipeline has its name: choose another');
    const build = buildOf(each, own);
    problems.push(...own.map((problem) => `build ${each.name}: ${problem}`));
    return build;
  });
}

function buildOf(options: BuildOptions, problems: string[]): ScheduledBuild {
  const { name, select, every, cron, timezone, offset, owner, alerts = {}, fullRefresh = false } = options;
  if (!identifier.test(name)) problems.push("its name must be lower snake_case, as in 'daily'");
  if (select.trim() === '' || select.trim().startsWith('-')) {
    problems.push(`'${select}' is not a dbt selection, one is for example 'tag:daily'`);
  }
  if ((every === undefined) === (cron === undefined))
    problems.push("it has either every: '1 day' or a cron expression");
  problems.push(...labelProblems(owner, []));
  for (const [kind, channels] of Object.entries(alerts)) {
    if (kind !== 'failed') problems.push(`alerts names ${kind}, a build has only failed`);
    for (const channel of channels) {
      if (!alertChannels.includes(channel)) {
        problems.push(`alerts.${kind} names ${channel}, the channels are ${alertChannels.join(', ')}`);
      }
    }
  }
  const due = { ...(timezone !== undefined && { timezone }), ...(offset !== undefined && { offset }) };
  const grid = gridOf(cron === undefined ? { every: every ?? '', ...due } : { cron, ...due }, problems);
  // only one of a schedule's builds is under way at a time
  if (grid.every !== undefined && grid.every > 0 && grid.offset >= grid.every) {
    problems.push(
      `its offset of '${offset}' must be shorter than its '${every}': a build that waits leaves out the next`,
    );
  }
  return {
    name: buildName(name),
    select,
    grid,
    fullRefresh,
    audience: { alerts: { failed: alerts.failed ?? ['log'] }, ...(owner !== undefined && { owner }) },
  };
}
