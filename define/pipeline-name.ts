import { identifier } from './check-columns.js';

/** a pipeline's tables have a schema of its name; these are taken */
const reserved = /^(stage|monitor_db|spectrum|staging|marts|public|pg_.*|information_schema)$/;

/** why this can be no pipeline's name */
export function nameProblem(name: string): string | undefined {
  if (!identifier.test(name)) return 'its name must be lower snake_case';
  return reserved.test(name) ? 'its name is that of a schema of the warehouse: choose another' : undefined;
}
