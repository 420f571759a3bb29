import { DescribeStatementCommand, ExecuteStatementCommand, RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { respond } from './respond.mjs';

const ended = ['FINISHED', 'FAILED', 'ABORTED'];

/** runs statements on the warehouse, one by one */
export function handler(event) {
  return respond(event, async ({ Sqls, WorkgroupName, Database, SecretArn }) => {
    const redshift = new RedshiftDataClient({ maxAttempts: 8 });
    for (const Sql of Sqls) {
      let seen = await redshift.send(new ExecuteStatementCommand({ WorkgroupName, Database, SecretArn, Sql }));
      const { Id } = seen;
      while (!ended.includes(seen.Status)) {
        seen = await redshift.send(new DescribeStatementCommand({ Id, WaitTimeSeconds: 5 }));
      }
      if (seen.Status !== 'FINISHED') throw new Error(`the warehouse answered ${seen.Status}: ${seen.Error} (${Sql})`);
    }
  });
}
