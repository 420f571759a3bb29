import type { AwsCall, AwsRequest } from './aws-call.js';

const bucketArn = (bucket: string) => `arn:aws:s3:::${bucket}`;

/** permissions of one request by paths (`/bucket/key`): https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html */
export function s3Calls(request: AwsRequest): AwsCall[] {
  const { pathname } = request.url;
  const [bucket = '', ...rest] = decodeURIComponent(pathname).slice(1).split('/');
  const key = rest.join('/');
  return key === '' ? ofBucket(bucket, request) : ofObject(bucket, key, request);
}

function ofBucket(bucket: string, { method, url: { searchParams } }: AwsRequest): AwsCall[] {
  const resource = bucketArn(bucket);
  const prefix = searchParams.get('prefix');
  if (method === 'HEAD') return [{ action: 's3:ListBucket', resource }];
  if (method === 'GET' && searchParams.has('list-type')) {
    return [{ action: 's3:ListBucket', resource, ...(prefix !== null && { context: { 's3:prefix': prefix } }) }];
  }
  if (method === 'PUT' && searchParams.size === 0) return [{ action: 's3:CreateBucket', resource }];
  throw unknown(`${method} of a bucket`, searchParams);
}

function ofObject(bucket: string, key: string, { method, url: { searchParams }, headers, status }: AwsRequest) {
  const resource = `${bucketArn(bucket)}/${key}`;
  const asked = new Set([...searchParams.keys()].filter((name) => name !== 'x-id'));
  const only = (...names: string[]) => [...asked].every((name) => names.includes(name));
  const version = asked.has('versionId') ? 'Version' : '';
  if (method === 'GET' || method === 'HEAD') {
    if (!only('versionId')) throw unknown(`${method} of an object`, searchParams);
    const read = { action: `s3:GetObject${version}`, resource };
    // who may not list a bucket hears 403 of an object that is not there, and never 404
    return status === 404 ? [read, { action: 's3:ListBucket', resource: bucketArn(bucket) }] : [read];
  }
  if (asked.has('tagging') && method === 'PUT') return [{ action: `s3:PutObject${version}Tagging`, resource }];
  if (method === 'DELETE' && asked.has('uploadId')) return [{ action: 's3:AbortMultipartUpload', resource }];
  if (method === 'DELETE') return [{ action: `s3:DeleteObject${version}`, resource }];
  if ((method === 'PUT' && only('partNumber', 'uploadId')) || (method === 'POST' && only('uploads', 'uploadId'))) {
    const source = headers['x-amz-copy-source']?.replace(/^\//, '');
    return [
      { action: 's3:PutObject', resource },
      ...(headers['x-amz-tagging'] === undefined ? [] : [{ action: 's3:PutObjectTagging', resource }]),
      ...(source === undefined
        ? []
        : [{ action: 's3:GetObject', resource: `arn:aws:s3:::${decodeURIComponent(source)}` }]),
    ];
  }
  throw unknown(`${method} of an object`, searchParams);
}

const unknown = (what: string, asked: URLSearchParams) =>
  new Error(`s3: nobody knows which permission ${what} with '${asked.toString()}' needs: add it to s3-calls.ts`);
