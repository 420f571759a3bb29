/** how a run is or ended, in the order of its life */
export const runStatuses = [
  'running',
  'parked',
  'completed',
  'partial',
  'skipped',
  'marked',
  'failed',
  'cancelled',
  'terminated',
] as const;
export type RunWord = (typeof runStatuses)[number];
