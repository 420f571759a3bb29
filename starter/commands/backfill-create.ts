import { Option } from 'commander';
import { backfillId } from '../../model/names.js';
import { reprocessings, type BackfillInput, type Reprocess } from '../../model/backfill.js';
import type { RunInput } from '../../model/plan.js';
import { steps, type Step } from '../../model/steps.js';
import { keepsState } from '../../model/source.js';
import { audienceOf } from '../../model/policy.js';
import { dbtOption, keepGoingWords, maxActiveChoice } from '../choices.js';
import { refuse } from '../../control/failure.js';
import { findPipeline } from '../../control/find-pipeline.js';
import { backfillRange } from '../../control/intervals.js';
import { collectRunParam, paramsFor } from '../../control/params.js';
import type { CommandDefinition } from '../command-definition.js';

interface Options {
  from: string;
  to: string;
  maxActive: number;
  reprocess: Reprocess;
  backwards?: true;
  allowEmpty?: true;
  keepGoing?: true;
  fromStep?: Step;
  dbt: RunInput['dbt'];
  param?: Record<string, string>;
  wait?: true;
  dryRun?: true;
  json?: true;
}

export const backfillCreateCommand: CommandDefinition<[string], Options> = {
  options: (command) =>
    command
      .requiredOption('--from <time>', 'start of the first interval')
      .requiredOption('--to <time>', 'end of the last interval; the last due one at most')
      .option('--max-active <n>', 'runs at a time', maxActiveChoice, 4)
      .addOption(
        new Option('--reprocess <which>', 'of intervals that ran before: none, those that failed, or also loaded ones')
          .choices(reprocessings)
          .default('failed'),
      )
      .option('--allow-empty', 'also where an interval then loses all rows that it holds')
      .option('--backwards', 'newest interval first')
      .option('--keep-going', keepGoingWords)
      .addOption(new Option('--from-step <step>', 'the first step, on what the newest runs left').choices(steps))
      .addOption(dbtOption('one build of the models at the end, leave it to a later build, or skip it'))
      .option(
        '--param <k=v>',
        'a parameter of the pipeline, kept in history: never a secret; may be repeated',
        collectRunParam,
      )
      .option('--wait', 'wait for the end and show the result')
      .option('--dry-run', 'show what would be started'),
  examples: [
    'waterclock backfill create orders --from 2026-01-31T01:00Z --to 2026-02-07T02:00Z --max-active 8 --wait',
    'waterclock backfill create parcels --from 2026-11-24T10:00Z --to 2026-11-24T12:00Z --dry-run',
    'waterclock backfill create parcels --from 2026-11-24 --to 2026-11-25 --reprocess completed --from-step validate',
    'waterclock backfill create orders --from 2026-02-01 --to 2026-02-07 --keep-going   # does not pause itself',
  ],
  async run(context, options, name) {
    const pipeline = findPipeline(await context.pipelines(), name);
    const params = paramsFor(pipeline, options.param);
    const settings = context.settings();
    if (pipeline.source.snapshot) {
      refuse(
        `${name} is a snapshot and has no past to fill: \`waterclock run ${name}\` runs its last complete interval`,
      );
    }
    const isInOrder = keepsState(pipeline.source);
    const maxActive = isInOrder ? 1 : options.maxActive;
    if (isInOrder && options.backwards)
      refuse(`${name} has a source with a state: its intervals run in order, the oldest first, without --backwards`);
    const range = backfillRange(pipeline, options.from, options.to, Date.now());
    const backfill = backfillId(name, range.asked.from, range.asked.to);
    for (const note of range.notes) context.terminal.say(note);
    const input: BackfillInput = {
      pipeline: name,
      from: range.from,
      to: range.to,
      grid: pipeline.grid,
      reprocess: options.reprocess,
      ...(options.backwards && { backwards: true }),
      ...(options.fromStep && { fromStep: options.fromStep }),
      ...(options.allowEmpty && { allowEmpty: true }),
      ...(options.keepGoing && { keepGoing: true }),
      ...audienceOf(pipeline.policy),
      maxActive,
      dbt: options.dbt,
      ...(pipeline.dbtSelect && { dbtSelect: pipeline.dbtSelect }),
      dbtTarget: settings.dbt.target,
      heartbeatTimeout: settings.heartbeatTimeout,
      params,
    };
    const { startBackfill } = await import('../start-backfill.js');
    const { intervals } = range;
    return startBackfill(
      context,
      {
        id: backfill,
        input,
        summary: `backfill of ${name}`,
        work: `${intervals} intervals, ${leftOut[options.reprocess]}, ${maxActive} at a time${isInOrder ? ', in order' : ''}`,
        answer: { pipeline: name, backfill, intervals },
      },
      options,
    );
  },
};

const leftOut: Record<Reprocess, string> = {
  none: 'those that ran before left out',
  failed: 'those already loaded left out',
  completed: 'those already loaded run again',
};
