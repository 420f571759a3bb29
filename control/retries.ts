import { lastComplete } from '../model/interval.js';
import type { RunInput } from '../model/plan.js';
import { beginsWithRaw, steps, type Step } from '../model/steps.js';
import type { Retry } from '../model/retry.js';
import type { Pipeline } from '../define/pipeline.js';
import type { Context } from './context.js';
import { sourceOf, type EarlierRun } from './earlier-run.js';

export interface RetryOptions {
  from?: string;
  to?: string;
  failed?: true;
  allowEmpty?: true;
  keepGoing?: true;
  fromStep?: Step;
  entity?: string[];
  param?: Record<string, string>;
  maxActive: number;
  dbt: RunInput['dbt'];
  downstream?: true;
  wait?: true;
  dryRun?: true;
  json?: true;
}

/** what a retry of this run does, or why there can be none */
export async function retryOf(
  context: Context,
  pipeline: Pipeline,
  earlier: EarlierRun,
  fromStep: Step | undefined,
): Promise<Retry | { refusal: string }> {
  const { interval, workflowId: run } = earlier.ref;
  const { params } = earlier.input;
  const kept = Object.keys(params).length > 0 ? { params } : {};
  const from = fromStep ?? earlier.brokeAt;
  if (earlier.status === 'parked') {
    return { refusal: `${run} is parked: \`waterclock retry ${run}\` alone tries its step again` };
  }
  if (earlier.status === 'running') return { refusal: `${run} is running: only a run that has ended is retried` };
  if (!from) {
    return { refusal: `${run} completed: name the step to begin with by --from-step (${steps.join(', ')})` };
  }
  if (!beginsWithRaw(from)) {
    const source = await sourceOf(context, earlier);
    if (source) return { interval, from, source, ...kept };
    return { refusal: `${run} has no raw in the lake: retry it by --from-step extract` };
  }
  const now = context.settings().snapshotAt;
  const last = lastComplete(pipeline.grid, now ? Date.parse(now) : Date.now());
  if (!pipeline.source.snapshot || interval.end === last.end) return { interval, from, ...kept };
  return {
    refusal: `${pipeline.name} is a snapshot and has no past to extract: retry ${run} by --from-step validate, on the raw that it brought`,
  };
}
