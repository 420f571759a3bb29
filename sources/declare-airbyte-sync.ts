import type { AirbyteSync, SyncTask } from '../model/airbyte-sync.js';
import type { DeclaredCustomSource } from '../model/custom-code.js';
import { TerminalError } from '../model/errors.js';
import { secretNames } from '../model/http-source.js';
import { duration } from '../model/interval.js';
import type { RecordForm } from '../model/record-form.js';
import type { S3ObjectsSource } from '../model/source.js';
import { syncReader } from './airbyte-sync/sync-reader.js';
import { custom } from './declare-custom.js';

type Place = Pick<S3ObjectsSource, 'bucket' | 'prefix'> &
  Partial<Pick<S3ObjectsSource, 'region' | 'endpoint' | 'anonymous' | 'role' | 'requesterPays'>>;

interface Connection {
  /** address of the server's public API, as `https://airbyte.example.com/api/public/v1`; that of Airbyte Cloud when absent */
  server?: string;
  /** id of the connection; its schedule in Airbyte is manual */
  connection: string;
  /** `{ token: secret('AIRBYTE_TOKEN') }`, or `clientId` and `clientSecret` of an application */
  auth: AirbyteSync['auth'];
  /** how long a sync may take; a day when absent */
  timeout?: string;
  /** how often the job is looked at; every ten seconds when absent */
  poll?: string;
}

interface AirbyteSyncOptions extends Connection {
  /** where the connection's destination writes: `bucket`, `prefix`, and `region`, `endpoint` or `role` as of `s3Objects` */
  files: Place;
  /** the streams to take; a file's folder is named for its stream, and entities take it by `when: { $stream: <name> }` */
  streams: string[];
  /** how records lie in the files; newline-delimited, at `_airbyte_data` of each line, when absent */
  records?: RecordForm;
}

interface AirbyteSyncTaskOptions extends Connection {
  /** of the step, as in `'sync'` */
  name: string;
}

/** a sync of a connection on an Airbyte server, once an interval, and the files that it wrote to S3 */
export function airbyteSync({
  files,
  streams,
  records = { form: 'ndjson', at: '_airbyte_data' },
  timeout = '1 day',
  ...given
}: AirbyteSyncOptions): DeclaredCustomSource {
  const misplaced = /[{}]/.test(files.prefix)
    ? [`prefix '${files.prefix}' has a placeholder: files are found by their sync`]
    : [];
  const sync: AirbyteSync = {
    ...connectionOf(given, misplaced),
    files: { region: 'us-east-1', anonymous: false, ...files, kind: 's3-objects', records, snapshot: false },
    streams,
  };
  const source = custom(syncReader(sync), {
    records,
    // a sync brings what is new now, whichever interval asks for it
    snapshot: true,
    secrets: secretNames(sync.auth),
    streams,
    silence: timeout,
  });
  return { ...source, sync };
}

/** a sync of a connection on an Airbyte server, once an interval, as a step in `tasks`: a program of your own then reads what it wrote */
export function airbyteSyncTask({ name, timeout = '1 day', ...given }: AirbyteSyncTaskOptions): SyncTask {
  return { kind: 'sync', name, sync: { ...connectionOf(given), timeout: duration(timeout) } };
}

function connectionOf(
  { server = 'https://api.airbyte.com/v1', connection, auth, poll = '10 seconds' }: Connection,
  others: string[] = [],
) {
  const problems = [
    ...(URL.canParse(server) ? [] : [`server is not an address: '${server}'`]),
    ...others,
    ...(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(connection)
      ? []
      : [`connection must be the id of a connection, as in its address in Airbyte, got '${connection}'`]),
  ];
  if (problems.length > 0) throw new TerminalError('InvalidDefinition', problems.join('; '));
  return { server: server.replace(/\/+$/, ''), connection, auth, poll: duration(poll) };
}
