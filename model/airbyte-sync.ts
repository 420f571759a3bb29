import type { Secret, SecretText } from './http-source.js';
import type { S3ObjectsSource } from './objects-source.js';

/** a sync of a connection on an Airbyte server, and where its destination writes, as a plan has it */
export interface AirbyteSync {
  /** address of the public API */
  server: string;
  connection: string;
  auth: { token: Secret } | { clientId: SecretText; clientSecret: Secret };
  files: S3ObjectsSource;
  /** streams whose files are taken: the folder of a file is named for its stream */
  streams: string[];
  /** ms between two looks at the job */
  poll: number;
}
