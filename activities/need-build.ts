import { dbtBuildsId } from '../model/names.js';
import type { Dependencies } from './dependencies.js';
import type { Activities } from './types.js';

/** signal-with-start, which a workflow cannot do by itself */
export function needBuild({ client, settings }: Dependencies): Activities['needBuild'] {
  return async ({ target, need }) => {
    await client.workflow.signalWithStart('dbtBuilds', {
      workflowId: dbtBuildsId(target),
      taskQueue: settings.taskQueue,
      args: [{ target, heartbeatTimeout: settings.heartbeatTimeout, needs: [] }],
      signal: 'need',
      signalArgs: [need, settings.dbt.sideBySide],
    });
  };
}
