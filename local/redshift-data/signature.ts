import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { ServiceError } from './errors.js';

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
}

const clockSkewMs = 15 * 60_000;
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');

/** the access key id of a request that is signed as Signature Version 4 asks; else the error AWS gives */
export function verifySignature(
  request: IncomingMessage,
  body: Buffer,
  { accessKeyId, secretAccessKey }: Credentials,
): string {
  const header = request.headers.authorization;
  if (!header) throw new ServiceError('MissingAuthenticationTokenException', 'Missing Authentication Token', 400);
  const [, key, date, region, service, names, signature] =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      header,
    ) ?? [];
  if (!key || !date || !region || !service || !names || !signature) {
    throw new ServiceError(
      'IncompleteSignatureException',
      'the Authorization header is not that of Signature Version 4',
      400,
    );
  }
  if (key !== accessKeyId)
    throw new ServiceError(
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
      400,
    );
  const time = String(request.headers['x-amz-date'] ?? '');
  const at = Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!(Math.abs(Date.now() - at) < clockSkewMs))
    throw new ServiceError('InvalidSignatureException', `Signature expired: ${time}`, 400);
  const headers = names.split(';');
  if (service !== 'redshift-data' || !headers.includes('host') || !headers.includes('x-amz-date')) {
    throw new ServiceError(
      'InvalidSignatureException',
      'the signature must cover host and x-amz-date, for redshift-data',
      400,
    );
  }
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  searchParams.sort();
  const canonical = [
    request.method ?? 'POST',
    pathname,
    searchParams.toString(),
    ...headers.map(
      (name) =>
        `${name}:${String(request.headers[name] ?? '')
          .trim()
          .replace(/\s+/g, ' ')}`,
    ),
    '',
    names,
    sha256(body),
  ].join('\n');
  const scope = `${date}/${region}/${service}/aws4_request`;
  const signing = [date, region, service, 'aws4_request'].reduce<string | Buffer>(
    (from, part) => hmac(from, part),
    `AWS4${secretAccessKey}`,
  );
  const expected = hmac(signing, ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n'));
  if (!timingSafeEqual(expected, Buffer.from(signature, 'hex'))) {
    throw new ServiceError(
      'InvalidSignatureException',
      'The request signature we calculated does not match the signature you provided.',
      400,
    );
  }
  return key;
}
