export { alert } from './alert.js';
export { backfill } from './backfill.js';
export { dbtBuilds } from './dbt-builds.js';
export { dbtRequest } from './dbt-request.js';
export { downstream } from './downstream.js';
export { pipelineRun } from './pipeline-run.js';
export { rebuild } from './rebuild.js';
export { watch } from './watch.js';
