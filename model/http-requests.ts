import type { HttpSource } from './http-source.js';
import type { RecordForm } from './record-form.js';

/** several requests to an API, one after the other; entities take the records of each by `when: { $request: <name> }` */
export interface HttpRequestsSource {
  kind: 'http-requests';
  /** by their names */
  requests: Record<string, HttpSource>;
  /** of the first; each request has its own */
  records: RecordForm;
  snapshot: boolean;
}

/** field of `when` that names the requests whose records an entity takes */
export const requestField = '$request';
/** the same of the streams of a connector */
export const streamField = '$stream';
