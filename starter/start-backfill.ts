import { WorkflowNotFoundError } from '@temporalio/client';
import type { BackfillInput } from '../model/backfill.js';
import { workflowLink } from '../model/link.js';
import { paramsText } from '../model/params.js';
import { waitForBackfill } from './backfill-report.js';
import type { Context } from '../control/context.js';
import { startedWith } from '../control/earlier-run.js';
import { exitCodes, refuse, type ExitCode } from '../control/failure.js';
import { toJson } from '../control/json.js';
import { needWorker } from '../control/need-worker.js';
import type { Temporal } from '../control/temporal.js';

interface Asked {
  id: string;
  input: BackfillInput;
  /** `backfill of orders`, for people */
  summary: string;
  /** what it will do, in words */
  work: string;
  /** the beginning of its JSON answer */
  answer: Record<string, unknown>;
}

interface Options {
  wait?: true;
  dryRun?: true;
  json?: true;
}

/** starts the workflow `backfill`, or attaches to the one under this id that was asked for the same */
export async function startBackfill(context: Context, asked: Asked, options: Options): Promise<ExitCode> {
  const { id, input, summary, work, answer } = asked;
  const { terminal } = context;
  if (options.dryRun) {
    terminal.print(options.json ? toJson({ ...answer, status: 'dry run', input }) : `would start ${id}: ${work}`);
    return exitCodes.done;
  }
  const settings = context.settings();
  const temporal = await context.temporal();
  const running = await runningInput(temporal, id);
  if (running) refuseOther(id, running, input);
  await needWorker(context, id, options.wait === true, input.pipeline);
  const handle = await temporal.client.workflow.start('backfill', {
    workflowId: id,
    taskQueue: settings.taskQueue,
    args: [input],
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: `${summary} ${input.from} to ${input.to}`,
  });
  const link = workflowLink(settings, temporal.namespace, id, handle.firstExecutionRunId);
  const told = [running ? `attached to ${id}` : `started ${id}: ${work}`, link].filter(Boolean);
  if (options.wait) {
    terminal.say(told.join('  '));
    const isFollowed = input.downstream ?? false;
    return waitForBackfill(
      context,
      handle,
      input.pipeline,
      options,
      isFollowed ? () => followed(context, id) : undefined,
    );
  }
  const status = running ? 'attached' : 'started';
  const started = { ...answer, runId: handle.firstExecutionRunId, status, ...(link && { link }) };
  terminal.print(options.json ? toJson(started) : told.join('\n'));
  return exitCodes.done;
}

const followed = async (context: Context, id: string) =>
  (await import('../control/used-by.js')).followDownstream(context, id);

async function runningInput(temporal: Temporal, id: string): Promise<BackfillInput | undefined> {
  try {
    const { status, runId } = await temporal.client.workflow.getHandle(id).describe();
    return status.name === 'RUNNING' ? await startedWith<BackfillInput>(temporal, id, runId) : undefined;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

/** how many runs it has at a time can be set, and `to` moves with the clock: neither is a difference */
function refuseOther(id: string, running: BackfillInput, input: BackfillInput): void {
  const words = ({
    reprocess = 'failed',
    backwards = false,
    allowEmpty,
    keepGoing,
    fromStep,
    dbt,
    params,
    retries,
    downstream,
  }: BackfillInput) => ({
    '--reprocess': reprocess,
    '--backwards': String(backwards),
    '--allow-empty': String(allowEmpty ?? false),
    '--keep-going': String(keepGoing ?? false),
    '--from-step': fromStep ?? ([...new Set(retries?.map(({ from }) => from))].join(' and ') || 'none'),
    '--downstream': String(downstream ?? false),
    '--dbt': dbt,
    '--param': paramsText(params) || 'none',
  });
  const [theirs, ours] = [words(running), words(input)];
  const others = Object.entries(theirs).filter(([option, value]) => ours[option as keyof typeof ours] !== value);
  if (others.length === 0) return;
  const told = others.map(([option, value]) => `${option} ${value}`).join(', ');
  refuse(`${id} is running with ${told}: wait for its end, or \`waterclock backfill cancel ${id}\``);
}
