/** an embedded PostgreSQL, as the local Redshift needs it */
export {
  initializeCluster,
  PostgresFailure,
  postgresHome,
  removePostgresData,
  sharedFolderOf,
} from './postgres-home.js';
export { postgresSettings } from './postgres-settings.js';
export { linkLibraries } from './link-libraries.js';
export { startPostgres, type EmbeddedPostgres } from './start-postgres.js';
