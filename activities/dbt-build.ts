import { Context, log } from '@temporalio/activity';
import type { DbtProgress } from '../model/dbt.js';
import { alive } from './alive.js';
import { buildDbt } from '../dbt/build.js';
import type { warmStarts } from '../dbt/warm-start.js';
import type { Dependencies } from './dependencies.js';
import type { Activities } from './types.js';

/** the workflow hears of a build's progress at most so often: each time is an event of its history */
const toldEvery = 5_000;

export function dbtBuild(
  { settings, store, environment, client }: Pick<Dependencies, 'settings' | 'store' | 'environment' | 'client'>,
  warm: ReturnType<typeof warmStarts>,
): Activities['dbtBuild'] {
  return ({ selections, ...input }) =>
    alive(async ({ sign, signal }) => {
      const tell = teller(client, input.buildId);
      const given = {
        dbt: settings.dbt,
        warm,
        environment,
        signal,
        heartbeat(progress: DbtProgress) {
          sign(progress);
          tell.progress(progress);
        },
        lakeBucket: settings.lakeBucket,
        upload: (key: string, body: Uint8Array | string) => store.put({ bucket: settings.lakeBucket, key }, body),
      };
      try {
        const built = await buildDbt({ ...input, selections }, given);
        const { status, ok, failed, skipped, failures } = built.total;
        const selects = selections.map(({ select }) => select);
        log.info('dbt built', { buildId: input.buildId, selects, status, ok, failed, skipped });
        for (const failure of failures) log.warn('dbt node failed', { buildId: input.buildId, ...failure });
        return built;
      } finally {
        await tell.stop();
      }
    });
}

/** hands progress to the workflow of the build, for its page in the Web UI */
function teller(client: Dependencies['client'], buildId: string) {
  const { workflowId = '', runId } = Context.current().info.workflowExecution ?? {};
  const handle = client.workflow.getHandle(workflowId, runId);
  let last = 0;
  let telling: Promise<void> = Promise.resolve();
  return {
    progress(progress: DbtProgress): void {
      if (progress.total === 0 || Date.now() - last < toldEvery) return;
      last = Date.now();
      telling = handle
        .signal('progress', progress, buildId)
        .catch((error: unknown) => log.debug('progress was not told', { error: String(error) }));
    },
    stop: () => telling,
  };
}
