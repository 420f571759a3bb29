import { applyBuild, applySchedule, applyWatch, type Applied } from '../../control/apply-schedule.js';
import type { CommandDefinition } from '../command-definition.js';
import { exitCodes, refuse } from '../../control/failure.js';
import { findScheduled } from '../../control/find-scheduled.js';
import { toJson } from '../../control/json.js';
import { loadedUpTo } from '../../warehouse/ledger-runs.js';
import { pruneSchedules } from '../../control/prune-schedules.js';

interface Options {
  dryRun?: true;
  prune?: true;
  newGrid?: string;
}

export const scheduleApplyCommand: CommandDefinition<[string[]], Options> = {
  options: (command) =>
    command
      .option('--dry-run', 'show the differences')
      .option('--prune', 'delete the schedules of pipelines and builds that are no longer defined')
      .option('--new-grid <from>', 'from when a changed grid holds, a point of both grids'),
  examples: [
    'waterclock schedule apply --dry-run',
    'waterclock schedule apply orders parcels',
    'waterclock schedule apply build:daily',
    'waterclock schedule apply --prune',
    'waterclock schedule apply --new-grid 2026-12-01T00:00Z',
  ],
  async run(context, { dryRun = false, prune = false, newGrid, json }, names) {
    const { terminal } = context;
    const { taskQueue, dbt } = context.settings();
    const project = await context.project();
    if (names.length > 0 && prune) refuse('--prune deletes what no definition has: it goes without names');
    for (const name of names) findScheduled(project, name);
    const chosen = <T extends { name: string }>(all: T[]) =>
      names.length > 0 ? all.filter(({ name }) => names.includes(name)) : all;
    const { client } = await context.temporal();
    const options = {
      client: client.schedule,
      taskQueue,
      dryRun,
      ...(newGrid !== undefined && { newGrid }),
      loadedUpTo: async (pipeline: string) => loadedUpTo(await context.warehouse(), pipeline),
    };
    const applied: Applied[] = [];
    const tell = (one: Applied) => {
      applied.push(one);
      if (!json) for (const line of linesOf(one, dryRun)) terminal.print(line);
    };
    for (const pipeline of chosen(project.pipelines)) tell(await applySchedule(pipeline, options));
    for (const build of chosen(project.builds)) tell(await applyBuild(build, dbt.target, options));
    if (names.length === 0) {
      tell(await applyWatch(options));
      const wanted = new Set(applied.map(({ schedule }) => schedule));
      for (const one of await pruneSchedules(client.schedule, wanted, { prune, dryRun })) tell(one);
    }
    if (json) terminal.print(toJson({ schedules: applied, ...(dryRun && { status: 'dry run' }) }));
    return applied.some(({ status }) => status === 'refused') ? exitCodes.failed : exitCodes.done;
  },
};

function linesOf({ schedule, status, changes, paused, refusal }: Applied, dryRun: boolean): string[] {
  const will = dryRun && ['created', 'updated', 'pruned'].includes(status) ? 'would be ' : '';
  const word = status === 'unknown' ? 'belongs to no definition: --prune deletes it' : `${will}${status}`;
  const pause = paused === undefined ? '' : ` (paused${paused ? `: ${paused}` : ''})`;
  return [
    `${schedule}  ${word}${pause}${refusal ? `: ${refusal}` : ''}`,
    ...changes.map(({ what, from, to }) => `  ${what}: ${toJson(from)} -> ${toJson(to)}`),
  ];
}
