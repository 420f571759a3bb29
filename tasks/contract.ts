import type { RunRef } from '../model/keys.js';
import type { Params } from '../model/params.js';
import type { ObjectRef } from '../model/plan.js';
import { taskContract } from '../model/task.js';

interface Given {
  run: RunRef;
  params: Params | undefined;
  /** `extract`, `before` or `after` */
  step: string;
  tries: number;
  /** where it writes raw objects, of a source that does */
  rawPrefix: ObjectRef | undefined;
  /** in place of what it reads from, in samples and tests */
  address: string | undefined;
}

/** the variables that every task gets, whatever runs it: see docs/tasks.md, and `taskContract` before one changes its meaning */
export function contractVariables(given: Given): Record<string, string> {
  const { run, params = {}, step, tries, rawPrefix, address } = given;
  const own = Object.entries(params).map(([name, value]) => [`WATERCLOCK_PARAM_${name.toUpperCase()}`, String(value)]);
  return {
    ...(Object.fromEntries(own) as Record<string, string>),
    WATERCLOCK_CONTRACT: String(taskContract),
    WATERCLOCK_PIPELINE: run.pipeline,
    WATERCLOCK_RUN: run.workflowId,
    WATERCLOCK_RUN_ID: run.runId,
    WATERCLOCK_TRIGGER: run.trigger,
    WATERCLOCK_STEP: step,
    WATERCLOCK_TRY: String(tries),
    WATERCLOCK_INTERVAL_START: run.interval.start,
    WATERCLOCK_INTERVAL_END: run.interval.end,
    WATERCLOCK_PARAMS: JSON.stringify(params),
    ...(rawPrefix && { WATERCLOCK_RAW_PREFIX: `s3://${rawPrefix.bucket}/${rawPrefix.key}` }),
    ...(address !== undefined && { WATERCLOCK_SOURCE: address }),
  };
}
