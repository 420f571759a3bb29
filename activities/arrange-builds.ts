import { alive } from './alive.js';
import { arrange } from '../dbt/arrange.js';
import type { Dependencies } from './dependencies.js';
import type { Activities } from './types.js';

export function arrangeBuilds({
  settings,
  environment,
}: Pick<Dependencies, 'settings' | 'environment'>): Activities['arrangeBuilds'] {
  return (input) =>
    alive(async ({ sign, signal }) => ({
      builds: await arrange(input, { dbt: settings.dbt, environment, signal, heartbeat: sign }),
    }));
}
