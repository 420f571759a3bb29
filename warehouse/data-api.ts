import { RedshiftDataClient, type RedshiftDataClientConfig } from '@aws-sdk/client-redshift-data';
import type { Settings } from '../model/settings.js';
import { explained } from './copy-errors.js';
import { requestFailure, statementFailure, type Ended } from './failure.js';
import { onceOnly } from './once.js';
import { resultRows, type Row } from './result-rows.js';
import type { StatementName } from './statement-name.js';
import { statementsOf, type Watch } from './statements.js';

export type { Row } from './result-rows.js';
export type { Watch } from './statements.js';

export interface Warehouse {
  /** rows of one SELECT; parameters are bound by `:name`, as text */
  query(sql: string, parameters?: Record<string, string>): Promise<Row[]>;
  /** one transaction; with a name it takes effect once, however often it is called with that name */
  execute(
    statements: string[],
    options?: { name?: StatementName; parameters?: Record<string, string> },
  ): Promise<Executed>;
}

export interface Executed {
  /** of the SELECT at this place of the transaction; absent where an earlier attempt has sent it, which may have been of another version */
  rowsOf?(at: number): Promise<Row[]>;
}

/** ms: longer than a request waits for its statement */
const requestTimeout = 30_000;

/** keeps its connections, and its rate when it is throttled: one for all that a process asks */
export function redshiftClient(options: RedshiftDataClientConfig = {}): RedshiftDataClient {
  return new RedshiftDataClient({
    maxAttempts: 5,
    retryMode: 'adaptive',
    requestHandler: { connectionTimeout: 5_000, requestTimeout, throwOnRequestTimeout: true },
    ...options,
  });
}

export function dataApi(
  settings: Settings['redshift'],
  watch: Watch = {},
  client: RedshiftDataClient = redshiftClient(),
): Warehouse {
  const place = {
    Database: settings.database,
    ...(settings.workgroup && { WorkgroupName: settings.workgroup }),
    ...(settings.cluster && { ClusterIdentifier: settings.cluster }),
    ...(settings.dbUser && { DbUser: settings.dbUser }),
    ...(settings.secretArn && { SecretArn: settings.secretArn }),
  };
  const statements = statementsOf(client, place, watch);

  const rows = (id: string) => resultRows(client, id).catch((error: unknown) => Promise.reject(requestFailure(error)));

  async function query(sql: string, parameters: Record<string, string> = {}): Promise<Row[]> {
    const done = await statements.submit([sql], parameters);
    if (done.Status !== 'FINISHED') throw statementFailure(done);
    return done.HasResultSet ? rows(done.Id ?? '') : [];
  }

  const failed = async (done: Ended): Promise<Error> => explained(statementFailure(done), done, query);
  const once = onceOnly(statements, watch);

  return {
    query,
    async execute(sqls, { name, parameters } = {}) {
      const { done, isFound } = name
        ? await once(sqls, name, parameters)
        : { done: await statements.submit(sqls, parameters), isFound: false };
      if (done.Status !== 'FINISHED') throw await failed(done);
      return isFound ? {} : { rowsOf: (at) => rows(sqls.length === 1 ? `${done.Id}` : `${done.Id}:${at + 1}`) };
    },
  };
}
