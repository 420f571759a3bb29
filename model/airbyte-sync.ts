import type { Secret, SecretText } from './http-source.js';
import type { S3ObjectsSource } from './objects-source.js';

/** a connection on an Airbyte server, and how its syncs are looked at */
interface AirbyteConnection {
  /** address of the public API */
  server: string;
  connection: string;
  auth: { token: Secret } | { clientId: SecretText; clientSecret: Secret };
  /** ms between two looks at the job */
  poll: number;
}

/** a sync of a connection, and where its destination writes, as a plan has it */
export interface AirbyteSync extends AirbyteConnection {
  files: S3ObjectsSource;
  /** streams whose files are taken: the folder of a file is named for its stream */
  streams: string[];
}

/** a sync as a step of a run, whose files something else reads */
export interface SyncJob extends AirbyteConnection {
  /** ms that a sync may take */
  timeout: number;
}

/** what a definition has in `tasks` */
export interface SyncTask {
  kind: 'sync';
  name: string;
  sync: SyncJob;
}
