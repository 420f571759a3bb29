import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { ServiceError } from './errors.js';
import type { Caller } from './statement-record.js';

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  /** keys of one role see each other's statements; its own name when left out */
  role?: string;
}

const clockSkewMs = 15 * 60_000;
const service = 'redshift-data';
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');
const refusal = (name: string, message: string) => new ServiceError(name, message, 400);
const invalid = (message: string) => refusal('InvalidSignatureException', message);
const form =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;

/** who signed the request as Signature Version 4 asks; else the error AWS gives */
export function verifySignature(
  request: IncomingMessage,
  body: Buffer,
  keys: Credentials[],
  expectedRegion: string,
): Caller {
  const header = request.headers.authorization;
  if (!header) throw refusal('MissingAuthenticationTokenException', 'Missing Authentication Token');
  const [, accessKey, date, region, signedService, names, signature] = form.exec(header) ?? [];
  if (!accessKey || !date || !region || !names || !signature)
    throw refusal('IncompleteSignatureException', 'the Authorization header is not that of Signature Version 4');
  const key = keys.find(({ accessKeyId }) => accessKeyId === accessKey);
  if (!key) throw refusal('UnrecognizedClientException', 'The security token included in the request is invalid.');
  if (region !== expectedRegion)
    throw invalid(`Credential should be scoped to a valid region: got ${region}, here it is ${expectedRegion}.`);
  if (signedService !== service) throw invalid(`Credential should be scoped to correct service: '${service}'.`);
  const time = String(request.headers['x-amz-date'] ?? '');
  checkTime(time, date);
  const signed = names.split(';');
  if (!signed.includes('host') || !signed.includes('x-amz-date'))
    throw invalid('the signature must cover host and x-amz-date');
  const expected = sign(canonicalRequest(request, body, signed), time, [date, region, service, 'aws4_request'], key);
  if (!timingSafeEqual(expected, Buffer.from(signature, 'hex')))
    throw invalid('The request signature we calculated does not match the signature you provided.');
  return { role: key.role ?? accessKey, accessKey };
}

function checkTime(time: string, date: string): void {
  const at = Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  const now = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  if (!(at > Date.now() - clockSkewMs)) throw invalid(`Signature expired: ${time} is more than 15 min. before ${now}`);
  if (at > Date.now() + clockSkewMs)
    throw invalid(`Signature not yet current: ${time} is more than 15 min. after ${now}`);
  if (!time.startsWith(date))
    throw invalid(`Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: ${date}`);
}

function canonicalRequest(request: IncomingMessage, body: Buffer, signed: string[]): string {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  searchParams.sort();
  const headers = signed.map((name) => {
    const value = String(request.headers[name] ?? '');
    return `${name}:${value.trim().replace(/\s+/g, ' ')}`;
  });
  const query = searchParams.toString();
  return [request.method ?? 'POST', pathname, query, ...headers, '', signed.join(';'), sha256(body)].join('\n');
}

function sign(canonical: string, time: string, scope: string[], { secretAccessKey }: Credentials): Buffer {
  const key = scope.reduce<string | Buffer>((from, part) => hmac(from, part), `AWS4${secretAccessKey}`);
  return hmac(key, ['AWS4-HMAC-SHA256', time, scope.join('/'), sha256(canonical)].join('\n'));
}
