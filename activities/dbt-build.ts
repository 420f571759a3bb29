import { log } from '@temporalio/activity';
import { alive } from './alive.js';
import { buildDbt } from './dbt/build.js';
import type { Dependencies } from './dependencies.js';
import type { Activities } from './types.js';

export function dbtBuild({
  settings,
  store,
  environment,
}: Pick<Dependencies, 'settings' | 'store' | 'environment'>): Activities['dbtBuild'] {
  return (input) =>
    alive(async ({ sign, signal }) => {
      const built = await buildDbt(input, {
        dbt: settings.dbt,
        environment,
        signal,
        heartbeat: sign,
        upload: (key, body) => store.put({ bucket: settings.lakeBucket, key }, body),
      });
      const { status, ok, failed, skipped, failures } = built.total;
      log.info('dbt built', { buildId: input.buildId, selects: input.selects, status, ok, failed, skipped });
      for (const failure of failures) log.warn('dbt node failed', { buildId: input.buildId, ...failure });
      return built;
    });
}
