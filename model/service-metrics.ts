/** numbers about the service that `waterclock metrics` tells and the alarms watch */
export const serviceMetrics = {
  /** by task queue: tasks that wait, the same for each worker, and workers that poll */
  backlog: 'Backlog',
  backlogPerWorker: 'BacklogPerWorker',
  workers: 'Workers',
  /** of the whole service, in the time since the last look */
  failed: 'RunsFailed',
  late: 'RunsLate',
  gaps: 'GapsFilled',
  rejected: 'RunsWithRejected',
  watched: 'WatchRuns',
  /** 1 while workers on demand should run, else 0 */
  wanted: 'WorkersWanted',
} as const;

/** dimension of the metrics that are told by task queue */
export const taskQueueDimension = 'TaskQueue';
