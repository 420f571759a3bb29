/** what a definition says of its tables, as dbt's source */
export { dbtSource } from '../../../dbt/dbt-source.js';
