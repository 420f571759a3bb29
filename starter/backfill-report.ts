import type { WorkflowHandle } from '@temporalio/client';
import type { BackfillResult } from '../model/backfill.js';
import { holdText } from '../model/hold.js';
import { backfillWord } from './backfill-word.js';
import type { Context } from '../control/context.js';
import { isUnreachable } from '../control/explain.js';
import { failingRowLines, failingRows, failuresText } from '../control/failing-rows.js';
import { exitCodes, type ExitCode } from '../control/failure.js';
import { toJson } from '../control/json.js';
import type { Following } from '../control/used-by.js';
import { progressBar } from './progress-bar.js';

/** follows a backfill to its end, with a line of progress */
export async function waitForBackfill(
  context: Context,
  handle: WorkflowHandle,
  name: string,
  { json }: { json?: true },
  /** what goes on once it has completed */
  follow?: () => Promise<Following>,
): Promise<ExitCode> {
  const { terminal } = context;
  const { client } = await context.temporal();
  const { outcomeOf } = await import('../control/wait.js');
  const backfill = handle.workflowId;
  context.leaving(`${backfill} goes on without this command; the same command attaches to it again`);
  const left = timeLeft();
  let line = name;
  const outcome = await outcomeOf<BackfillResult>(handle, async () => {
    try {
      const progress = await client.withDeadline(Date.now() + 5000, () => handle.query<BackfillResult>('progress'));
      line = `${bar(progress, terminal.isInteractive())}${progressLine(name, progress)}`;
      terminal.progress(`${line}${left(progress)}`);
    } catch (error) {
      if (isUnreachable(error)) terminal.progress(`${line}  no answer from server or workers, waiting`);
    }
  });
  if (outcome.status === 'failed') {
    if (json) terminal.print(toJson({ pipeline: name, backfill, status: 'failed', error: outcome.error }));
    else terminal.print(`${terminal.paint('red', 'failed')} ${backfill}: ${outcome.error}`);
    return exitCodes.failed;
  }
  const { result } = outcome;
  terminal.progress(progressLine(name, result), { last: true });
  const rows = await failingRows(context, failuresText(result.dbt?.failures ?? []));
  if (!json) {
    const report = backfillReport(context, result, backfillWord('COMPLETED', result));
    terminal.print([report, ...failingRowLines(rows)].join('\n'));
  }
  const followed = result.status === 'completed' ? await follow?.() : undefined;
  if (json) terminal.print(toJson({ ...result, ...(rows.length > 0 && { failingRows: rows }), ...followed?.json }));
  else if (followed) terminal.print(followed.text);
  const isDone = result.status === 'completed' && result.failedCount === 0 && result.dbt?.status !== 'failed';
  return isDone && followed?.isDone !== false ? exitCodes.done : exitCodes.failed;
}

type Counted = Pick<BackfillResult, 'total' | 'succeeded' | 'failedCount' | 'loadedEarlier'>;
type Progress = Pick<BackfillResult, 'status' | 'total' | 'succeeded' | 'failedCount' | 'hold'>;

export function progressLine(name: string, { status, total, succeeded, failedCount, hold }: Progress): string {
  const ended = succeeded + failedCount;
  const why = hold && status === 'paused' ? ` ${holdText(hold)}` : undefined;
  const state = why ?? (status === 'paused' || status === 'cancelling' ? ` ${status}` : '');
  return `${name} ${ended}/${total}${failedCount > 0 ? ` (${failedCount} failed)` : ''}${state}`;
}

function bar({ total, succeeded, failedCount }: Progress, isShown: boolean): string {
  return isShown ? `${progressBar(succeeded + failedCount, total)} ` : '';
}

/** as long as the rest takes at the pace since it was first asked: a command may attach half-way */
export function timeLeft(now: () => number = Date.now): (progress: Counted) => string {
  let first: { at: number; ran: number } | undefined;
  return ({ total, succeeded, failedCount, loadedEarlier }) => {
    const ran = succeeded + failedCount - loadedEarlier;
    const todo = total - succeeded - failedCount;
    first ??= { at: now(), ran };
    const done = ran - first.ran;
    if (done < 5 || todo === 0) return '';
    const seconds = Math.round(((now() - first.at) / 1000 / done) * todo);
    return seconds < 90 ? `  ${seconds} s left` : `  ${Math.round(seconds / 60)} min left`;
  };
}

export function backfillReport({ terminal }: Pick<Context, 'terminal'>, result: BackfillResult, word: string): string {
  const { pipeline, total, started, loadedEarlier, succeeded, failedCount, failed, active, hold, dbt } = result;
  const colour = word === 'completed' ? 'green' : /fail/.test(word) ? 'red' : 'yellow';
  const again = result.toTryAgain ? `, ${result.toTryAgain} to try again` : '';
  const lines = [
    `${terminal.paint(colour, word)} ${pipeline}: ${total} intervals, ${started} runs, ${succeeded} succeeded, ${failedCount} failed, ${loadedEarlier} loaded earlier${again}`,
    ...(hold ? [`since ${hold.since} it ${holdText(hold)}`, 'to go on at once: `waterclock backfill resume`'] : []),
    ...(active.length > 0 ? [`under way: ${active.join(', ')}`] : []),
    ...failed.map(({ run, error }) => `  ${run}: ${error}`),
    ...(failedCount > failed.length
      ? [`  and ${failedCount - failed.length} more: \`waterclock runs --status failed\``]
      : []),
    ...(dbt ? [`dbt ${dbt.ok} ok, ${dbt.failed} failed, ${dbt.skipped} skipped`] : []),
    ...(dbt?.failures ?? []).map((failure) => `  ${failure.name}: ${failure.message}`),
  ];
  return lines.join('\n');
}
