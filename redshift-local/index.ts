/** what others start a local Redshift with */
export { startRedshiftData, type RedshiftDataOptions } from './server.js';
