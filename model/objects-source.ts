import type { RecordForm } from './record-form.js';

/** the objects under a prefix whose time lies within the interval: when they were last modified, or what their key says */
export interface S3ObjectsSource {
  kind: 's3-objects';
  /** the bucket, without `s3://` */
  bucket: string;
  /** with times, as `events/dt={start:date}/`: the folders of every time of the interval are listed */
  prefix: string;
  /** only keys that are like it, behind the prefix: see model/key-pattern.ts */
  keys?: string;
  /** when it was modified, when absent; `events`: the address of the SQS queue whose messages name the objects */
  timeFrom?: { key: string } | { events: string };
  /**
   * ms before the interval whose folders are listed too, since an object may be uploaded when the time that its folder names
   * is over; what was modified then and no interval has taken belongs to the interval
   */
  lookback?: number;
  /** of the bucket; `us-east-1` when absent */
  region: string;
  /** of a server that speaks S3; that of AWS in the region when absent */
  endpoint?: string;
  /** the bucket is public: nothing is signed */
  anonymous: boolean;
  /** assumed for every request */
  role?: string;
  /** the one who asks pays for requests and transfer */
  requesterPays?: boolean;
  /** how an object is read as records; newline-delimited when absent */
  records: RecordForm;
  /** fields that each record gets from its object */
  columns?: ObjectColumns;
  snapshot: false;
}

interface ObjectColumns {
  /** field that gets its key */
  key?: string;
  /** ISO */
  modified?: string;
  /** field that gets its etag */
  etag?: string;
}
