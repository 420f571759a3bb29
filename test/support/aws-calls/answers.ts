import { createHash } from 'node:crypto';
import type { Answer } from './recording-proxy.js';
import type { AwsRequest } from './aws-call.js';

interface Options {
  /** what an assumed role signs with */
  credentials: { accessKeyId: string; secretAccessKey: string };
  /** text of every secret */
  secret: string;
  /** bodies of messages that the queue still has */
  messages: string[];
}

/** services that the embedded stack lacks, and what its S3 does not know: as much of AWS as the product asks for */
export function answers({ credentials, secret, messages }: Options): (request: AwsRequest) => Answer | undefined {
  const xml = (text: string): Answer => ({ type: 'text/xml', text });
  let received = 0;
  return ({ service, url, headers, body }) => {
    const operation = headers['x-amz-target']?.split('.')[1] ?? new URLSearchParams(body).get('Action');
    // a server without versions and tags
    if (service === 's3' && url.searchParams.has('tagging')) return { text: '' };
    if (service === 's3' && url.searchParams.has('versionId')) return { text: '{"id":"versioned"}\n' };
    if (service === 'ses') return { text: '{"MessageId":"1"}' };
    if (service === 'sns') {
      return xml('<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>');
    }
    if (service === 'sts') {
      const { accessKeyId, secretAccessKey } = credentials;
      return xml(
        `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>${secretAccessKey}</SecretAccessKey><SessionToken>assumed</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
      );
    }
    if (service === 'redshift-serverless') {
      return { text: '{"dbUser":"IAMR:role","dbPassword":"p","expiration":4102444800,"nextRefreshTime":4102444800}' };
    }
    if (service === 'secretsmanager') {
      return { text: JSON.stringify({ ARN: 'a', Name: 'a', VersionId: 'v', SecretString: secret }) };
    }
    if (service !== 'sqs') return undefined;
    if (operation !== 'ReceiveMessage') return { text: '{"Successful":[],"Failed":[]}' };
    const found = messages
      .splice(0)
      .map((Body) => ({ MessageId: `${++received}`, ReceiptHandle: `${received}`, MD5OfBody: md5(Body), Body }));
    return { text: JSON.stringify({ Messages: found }) };
  };
}

const md5 = (text: string) => createHash('md5').update(text).digest('hex');
