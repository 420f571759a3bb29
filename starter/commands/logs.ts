import { setTimeout } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { Option } from 'commander';
import { parseRunName } from '../../model/names.js';
import { steps } from '../../model/steps.js';
import type { CommandDefinition } from '../command-definition.js';
import type { Context } from '../../control/context.js';
import type { dbtLog } from '../../control/dbt-log.js';
import { exitCodes } from '../../control/failure.js';
import { toJson } from '../../control/json.js';
import type { Told } from '../../control/run-story.js';

interface Options {
  step?: string;
  entity?: string;
  runId?: string;
  follow?: true;
}

/** ms between two looks at a run that is followed */
const lookEvery = 1000;

export const logsCommand: CommandDefinition<[string], Options> = {
  options: (command) =>
    command
      .addOption(new Option('--step <step>', 'only this step; of dbt also its log').choices([...steps, 'wait']))
      .option('--entity <name>', 'only this entity, or this task')
      .option('--run-id <id>', 'an earlier execution under this name (default: the latest)')
      .option('--follow', 'go on until the run ends; with --json a line each')
      .addHelpText(
        'after',
        `
What happened to the run, from its history in Temporal: attempts, failures with their stacks, counts.
Lines that begin with | are what its tasks wrote, while they run too.
Of a step that was tried often, history keeps the last failure. What workers wrote meanwhile are lines of JSON
on their stderr, which carry workflowId and runId: .waterclock/<state>/logs/worker.log of \`npm start\`, on AWS the
workers' log groups. In CloudWatch Logs Insights: filter workflowId = "<run>" | sort @timestamp`,
      ),
  examples: [
    'waterclock logs orders-2026-01-31T02:00:00Z',
    'waterclock logs parcels-2026-11-24T11:00:00Z --step copy --entity scans',
    'waterclock logs products-2026-11-25T00:00:00Z --step dbt',
    'waterclock logs orders-2026-01-31T02:00:00Z --follow',
  ],
  async run(context, options, run) {
    const { terminal } = context;
    const [{ describedRun }, { pendingStory, storyOf }, { taskOutput }] = await Promise.all([
      import('../../control/described-run.js'),
      import('../../control/run-story.js'),
      import('../../control/task-lines.js'),
    ]);
    const { client } = await context.temporal();
    const latest = await describedRun(client.workflow.getHandle(run, options.runId), run);
    const handle = client.workflow.getHandle(run, latest.runId);
    const isWanted = ({ step, entity }: Told) =>
      (options.step === undefined || step === options.step) &&
      (options.entity === undefined || entity === undefined || entity === options.entity);
    const pipeline = parseRunName(run)?.pipeline;
    const outputOf = taskOutput(context, { pipeline: pipeline ?? '', runId: latest.runId });
    let shown = 0;
    for (;;) {
      const { events, isRunning, pending } = await look(handle);
      const story = storyOf(events);
      const fresh = story.slice(shown).filter(isWanted);
      shown = story.length;
      const now = isRunning && !options.follow ? pendingStory(pending, Date.now()).filter(isWanted) : [];
      // attempts are recorded when they end, at the time when they began
      const output = pipeline === undefined ? [] : (await outputOf(events)).filter(isWanted);
      const lines = [...fresh, ...output, ...now].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
      const width = Math.max(...lines.map((told) => nameOf(told).length));
      if (options.json && !options.follow) terminal.print(toJson(lines));
      else for (const told of lines) terminal.print(options.json ? toJson(told) : line(context, told, width));
      if (options.follow && isRunning) {
        await setTimeout(lookEvery);
        continue;
      }
      if (!options.json) await tellDbt(context, events, options.step);
      return exitCodes.done;
    }
  },
};

async function look(handle: WorkflowHandle) {
  // asked first: what ends in between is read whole
  const { status, raw } = await handle.describe();
  const { events } = await handle.fetchHistory();
  return { events: events ?? [], isRunning: status.name === 'RUNNING', pending: raw.pendingActivities ?? [] };
}

const nameOf = ({ step, entity, part }: Told) =>
  [step, entity, part === undefined ? undefined : `part ${part}`].filter(Boolean).join(' ');

function line({ terminal }: Context, told: Told, width: number): string {
  const { at, isFailure, isOutput, text, detail } = told;
  const words = isOutput ? `| ${text}` : text.replace(/\s+/g, ' ');
  const first = `${terminal.paint('dim', at.replace('T', ' ').replace('Z', ''))}  ${nameOf(told).padEnd(width)}  ${
    isFailure ? terminal.paint('red', words) : words
  }`;
  const more = (detail ?? '').split('\n').filter(Boolean);
  return [first, ...more.map((text) => terminal.paint('dim', `    ${text.trim()}`))].join('\n');
}

async function tellDbt(
  context: Context,
  events: Parameters<typeof dbtLog>[1],
  step: string | undefined,
): Promise<void> {
  if (step !== undefined && step !== 'dbt') return;
  const { dbtLines, dbtLog } = await import('../../control/dbt-log.js');
  const ref = await dbtLog(context, events);
  if (!ref) return;
  const { terminal } = context;
  terminal.say(terminal.paint('dim', `dbt's log: s3://${ref.bucket}/${ref.key}`, 'stderr'));
  if (step !== 'dbt') return;
  const text = Buffer.from(await (await context.store()).get(ref)).toString();
  for (const line of dbtLines(text)) terminal.print(line);
}
