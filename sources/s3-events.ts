/** an object that a message says was created */
export interface ObjectEvent {
  bucket: string;
  key: string;
  etag?: string;
  version?: string;
  bytes: number;
  /** epoch ms */
  at: number;
}

type Json = Record<string, unknown>;

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * what a message of S3 names, as S3 sends it itself, through SNS, or through EventBridge; none for a test message and for
 * objects that were removed. Undefined for a message that is something else
 */
export function eventsIn(body: string): ObjectEvent[] | undefined {
  const message = parsed(body);
  if (!isJson(message)) return undefined;
  if (message['Type'] === 'Notification' && typeof message['Message'] === 'string') return eventsIn(message['Message']);
  if (message['Event'] === 's3:TestEvent') return [];
  if (message['source'] === 'aws.s3') return ofBridge(message);
  const records = message['Records'];
  if (!Array.isArray(records)) return undefined;
  const found = records.map(ofRecord);
  return found.some((one) => one === undefined) ? undefined : found.flatMap((one) => one ?? []);
}

function ofRecord(record: unknown): ObjectEvent[] | undefined {
  if (!isJson(record) || record['eventSource'] !== 'aws:s3') return undefined;
  if (!String(record['eventName']).startsWith('ObjectCreated:')) return [];
  const s3 = record['s3'];
  if (!isJson(s3) || !isJson(s3['bucket']) || !isJson(s3['object'])) return undefined;
  const { key, eTag, versionId, size } = s3['object'];
  // as a form has it: a space is a plus
  const plain = typeof key === 'string' ? decodeURIComponent(key.replaceAll('+', ' ')) : undefined;
  return eventOf(s3['bucket']['name'], plain, { etag: eTag, version: versionId, size, at: record['eventTime'] });
}

function ofBridge({ detail, time, ...message }: Json): ObjectEvent[] | undefined {
  if (message['detail-type'] !== 'Object Created') return [];
  if (!isJson(detail) || !isJson(detail['bucket']) || !isJson(detail['object'])) return undefined;
  const { key, etag, size, 'version-id': version } = detail['object'];
  return eventOf(detail['bucket']['name'], key, { etag, version, size, at: time });
}

function eventOf(
  bucket: unknown,
  key: unknown,
  { etag, version, size, at }: Record<'etag' | 'version' | 'size' | 'at', unknown>,
): ObjectEvent[] | undefined {
  const moment = Date.parse(String(at));
  if (typeof bucket !== 'string' || typeof key !== 'string' || Number.isNaN(moment)) return undefined;
  return [
    {
      bucket,
      key,
      ...(typeof etag === 'string' && { etag: etag.replaceAll('"', '') }),
      ...(typeof version === 'string' && { version }),
      bytes: typeof size === 'number' ? size : NaN,
      at: moment,
    },
  ];
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
