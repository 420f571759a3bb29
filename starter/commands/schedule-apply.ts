import { applySchedule, applyWatch, type Applied } from '../apply-schedule.js';
import type { CommandDefinition } from '../command-definition.js';
import { exitCodes, refuse } from '../failure.js';
import { findPipeline } from '../find-pipeline.js';
import { toJson } from '../json.js';
import { loadedUpTo } from '../ledger.js';
import { pruneSchedules } from '../prune-schedules.js';

interface Options {
  dryRun?: true;
  prune?: true;
  newGrid?: string;
}

export const scheduleApplyCommand: CommandDefinition<[string[]], Options> = {
  options: (command) =>
    command
      .option('--dry-run', 'show the differences')
      .option('--prune', 'delete the schedules of pipelines that are no longer defined')
      .option('--new-grid <from>', 'from when a changed grid holds, a point of both grids'),
  examples: [
    'waterclock schedule apply --dry-run',
    'waterclock schedule apply earthquakes door2door',
    'waterclock schedule apply --prune',
    'waterclock schedule apply --new-grid 2026-12-01T00:00Z',
  ],
  async run(context, { dryRun = false, prune = false, newGrid, json }, names) {
    const { terminal } = context;
    const { taskQueue } = context.settings();
    const known = await context.pipelines();
    if (names.length > 0 && prune) refuse('--prune deletes what no definition has: it goes without names of pipelines');
    const pipelines = names.length > 0 ? [...new Set(names)].map((name) => findPipeline(known, name)) : known;
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
    for (const pipeline of pipelines) tell(await applySchedule(pipeline, options));
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
