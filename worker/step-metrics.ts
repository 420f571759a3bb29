import { activityInfo, metricMeter } from '@temporalio/activity';
import type { ActivityInterceptors } from '@temporalio/worker';
import type { CloseInput } from '../activities/types.js';
import { notReady } from '../model/errors.js';
import type { Loaded, StepInput, Validated } from '../model/plan.js';

/** what the service counts beside the SDK's own metrics; `_total` is added where they are served */
export const metricNames = {
  records: 'waterclock_records',
  rejected: 'waterclock_rows_rejected',
  loaded: 'waterclock_rows_loaded',
  failures: 'waterclock_step_failures',
  runs: 'waterclock_runs_closed',
} as const;

/** counts what the steps report; told by their results, so that no step knows of metrics */
export function stepMetrics(): ActivityInterceptors {
  return {
    inbound: {
      async execute(input, next) {
        const step = activityInfo().activityType;
        const [given] = input.args as [Partial<StepInput & { entity: string }> | undefined];
        const pipeline = given?.run?.pipeline;
        const labels = { ...(pipeline && { pipeline }), ...(given?.entity && { entity: given.entity }) };
        try {
          const result = await next(input);
          if (pipeline) count(step, labels, input.args[0], result);
          return result;
        } catch (error) {
          const type = typeOf(error);
          if (type !== notReady) add(metricNames.failures, 1, { ...labels, step, error: type });
          throw error;
        }
      },
    },
  };
}

function count(step: string, labels: Record<string, string>, input: unknown, result: unknown): void {
  if (step === 'validate') {
    const { counts, entities } = result as Validated;
    add(metricNames.records, counts.records, labels);
    for (const [entity, { rejected }] of Object.entries(entities)) {
      add(metricNames.rejected, rejected, { ...labels, entity });
    }
  }
  if (step === 'copy') add(metricNames.loaded, (result as Loaded).staged, labels);
  if (step === 'close') {
    const { status, late, run } = input as CloseInput;
    add(metricNames.runs, 1, { ...labels, status, late: String(late), trigger: run.trigger });
  }
}

function add(name: string, value: number, labels: Record<string, string>): void {
  metricMeter.createCounter(name).add(value, labels);
}

function typeOf(error: unknown): string {
  const { type, name } = error as { type?: string; name?: string };
  return type ?? name ?? 'unknown';
}
