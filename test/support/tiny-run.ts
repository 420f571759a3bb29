import type { RunRef } from '../../model/keys.js';

/** a run of the tiny pipeline, of one hour */
export const tinyRun: RunRef = {
  pipeline: 'tiny',
  workflowId: 'tiny-2022-11-24T11:00:00Z',
  runId: 'r',
  interval: { start: '2022-11-24T10:00:00Z', end: '2022-11-24T11:00:00Z' },
  trigger: 'manual',
};
