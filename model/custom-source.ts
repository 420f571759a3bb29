import type { AirbyteSync } from './airbyte-sync.js';
import type { ConnectorSource } from './connector.js';
import type { Secret } from './http-source.js';
import type { RecordForm } from './record-form.js';

/** objects that a team's own code yields; the code itself is in the worker's project, by the pipeline's name */
export interface CustomSource {
  kind: 'custom';
  records: RecordForm;
  /** the whole state of what it reads: it has no past */
  snapshot: boolean;
  /** those that the code may read */
  secrets: Secret[];
  /** ms that the code may take from one object to the next */
  silence: number;
  /** names of the streams that its objects may be of; entities take the records of each by `when: { $stream: <name> }` */
  streams?: string[];
  /** a connector instead of the project's code */
  connector?: ConnectorSource;
  /** a sync on an Airbyte server, likewise */
  sync?: AirbyteSync;
  /** an interval hands a state to the next: its intervals run in order */
  state?: true;
}
