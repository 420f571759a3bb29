import type { LookCounts, WatchFindings } from '../activities/types.js';
import { remedyFor } from '../model/errors.js';
import type { Interval } from '../model/interval.js';
import { firstStretch } from '../model/missing.js';
import { runName } from '../model/names.js';
import type { BackfillInput } from '../model/backfill.js';
import type { Alert } from '../model/alert.js';
import { lookOver } from './activities.js';
import { raiseAlert } from './raise-alert.js';
import { startFill } from './start-fill.js';

/** a look of earlier versions, for their histories: every pipeline in one activity, every interval an alert */
export async function watchAtOnce(): Promise<Record<string, LookCounts>> {
  const found = await lookOver();
  for (const one of found) {
    for (const interval of one.late) {
      const run = runName(one.pipeline, interval);
      await raiseAlert({ ...about('late', one, interval, run), message: 'not loaded by its deadline' }, one.policy);
    }
    const [first] = one.missing;
    const last = one.missing.at(-1);
    if (first && last) {
      // what lies between and has a run is left alone
      const gap = { start: first.start, end: last.end };
      const message = `${one.missing.length} due intervals had no run and are being filled`;
      const subject = `${one.pipeline}-${first.start}`;
      await raiseAlert({ ...about('gap', one, gap, subject), message }, one.policy);
      await fill(one, 'missing', gap, 'none');
    }
    const unsettled = firstStretch(one.unsettled);
    if (unsettled) await fill(one, 'settle', unsettled, 'completed');
  }
  return Object.fromEntries(
    found.map(({ pipeline, late, missing, unsettled }) => [
      pipeline,
      { late: late.length, missing: missing.length, unsettled: unsettled.length },
    ]),
  );
}

function about(
  kind: 'late' | 'gap',
  { pipeline }: WatchFindings,
  interval: Interval,
  subject: string,
): Omit<Alert, 'message'> {
  const remedy = remedyFor(kind === 'late' ? 'Late' : 'Gap');
  return { kind, pipeline, subject, interval, workflowId: subject, ...(remedy && { remedy }) };
}

/** one at a time for a pipeline and reason: what is left when it ends, the next look finds */
async function fill(
  { pipeline, grid, backfill }: WatchFindings,
  reason: 'missing' | 'settle',
  { start: from, end: to }: Interval,
  reprocess: 'none' | 'completed',
): Promise<void> {
  const input: BackfillInput = {
    pipeline,
    from,
    to,
    grid,
    reprocess,
    trigger: 'watch',
    dbt: 'build',
    ...backfill,
    params: {},
  };
  await startFill(input, reason, `${reason} intervals of ${pipeline}, ${from} to ${to}`);
}
