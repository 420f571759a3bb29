export { backfill } from './backfill.js';
export { dbtBuilds } from './dbt-builds.js';
export { dbtRequest } from './dbt-request.js';
export { pipelineRun } from './pipeline-run.js';
