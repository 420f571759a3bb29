import { Context, log } from '@temporalio/activity';
import { intervalNotes } from '../lake/interval-notes.js';
import { taskLog } from '../lake/task-log.js';
import type { SyncJob } from '../model/airbyte-sync.js';
import { secretNames } from '../model/http-source.js';
import type { StepInput } from '../model/plan.js';
import { redactor } from '../model/redact.js';
import type { TaskResult } from '../model/task.js';
import { airbyteApi } from '../sources/airbyte-sync/api.js';
import { syncOnce } from '../sources/airbyte-sync/sync-once.js';
import { secretsOf } from '../sources/secrets/secrets.js';
import type { Alive } from './alive.js';
import type { Dependencies } from './dependencies.js';

interface Asked extends StepInput {
  step: string;
  task: string;
  sync: SyncJob;
}

/** a sync of an Airbyte server as a step of a run: one that succeeds for an interval, whichever run asks */
export function runSyncTask({ environment, envFile, store, redact = redactor(environment) }: Dependencies) {
  const secrets = secretsOf({ environment, envFile, redact });

  return async ({ run, plan, step, task, sync }: Asked, { signal }: Alive): Promise<TaskResult> => {
    await secrets.load(secretNames(sync.auth));
    const name = `${step}.${task}`;
    const { attempt } = Context.current().info;
    const kept = taskLog({ store, bucket: plan.lakeBucket, run, name, tries: attempt, attempt });
    async function say(text: string): Promise<void> {
      log.info(text, { task });
      await kept.add([{ at: new Date().toISOString(), text }], undefined);
    }
    const api = airbyteApi({ server: sync.server, auth: sync.auth, secret: (named) => secrets.value(named) });
    try {
      const job = await syncOnce({
        api,
        notes: intervalNotes(store, plan.lakeBucket, run, name),
        connection: sync.connection,
        signal,
        poll: sync.poll,
        log: say,
      });
      await say(`sync ${job.id} ${job.status}`);
      return { notes: `sync ${job.id}`, ...(job.rows !== undefined && { counts: { rows: job.rows } }) };
    } finally {
      await kept.end();
    }
  };
}
