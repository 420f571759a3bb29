import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { type Dispatcher, request } from 'undici';
import { TerminalError } from '../model/errors.js';
import type { S3ObjectsSource } from '../model/source.js';
import { httpAgent } from './http-agent.js';
import type { DriverOptions } from './source-driver.js';
import { userAgent } from './user-agent.js';

/** what the SDK hands its request handler, as far as reading needs it */
interface SdkRequest {
  protocol: string;
  hostname: string;
  port?: number;
  path: string;
  query: Record<string, string | string[] | null>;
  method: string;
  headers: Record<string, string>;
  /** reading a bucket sends none */
  body?: string | Uint8Array;
}

/** reads the source's bucket, wherever the lake is */
export function sourceClient(source: S3ObjectsSource, options: DriverOptions): S3Client {
  const address = options.address ?? source.endpoint;
  return new S3Client({
    region: source.region,
    // named, as AWS_ENDPOINT_URL_S3 is where the lake is
    endpoint: address ?? awsEndpoint(source.region),
    forcePathStyle: address !== undefined,
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...requestsOf(source, options),
    ...(source.anonymous && unsigned),
  });
}

/** how a source asks, whatever service: its credentials, its proxy, its signs of life */
export function requestsOf({ role, region }: S3ObjectsSource, options: DriverOptions) {
  const requestHandler = handlerOver(httpAgent(options));
  return {
    customUserAgent: userAgent,
    requestHandler,
    ...(role !== undefined && { credentials: assumedRole(role, region, requestHandler) }),
  };
}

/** credentials of a role, asked for once and again before they end: the client keeps them */
function assumedRole(role: string, region: string, requestHandler: ReturnType<typeof handlerOver>) {
  const client = new STSClient({ region, requestHandler, customUserAgent: userAgent });
  return async () => {
    const { Credentials: given } = await client.send(
      new AssumeRoleCommand({ RoleArn: role, RoleSessionName: 'waterclock' }),
    );
    if (!given?.AccessKeyId || !given.SecretAccessKey) {
      throw new TerminalError('SourceRefused', `assume role ${role}: the answer has no credentials`);
    }
    return {
      accessKeyId: given.AccessKeyId,
      secretAccessKey: given.SecretAccessKey,
      ...(given.SessionToken !== undefined && { sessionToken: given.SessionToken }),
      ...(given.Expiration && { expiration: given.Expiration }),
    };
  };
}

/** the SDK looks for credentials even where it signs nothing */
const unsigned: S3ClientConfig = {
  credentials: { accessKeyId: 'anonymous', secretAccessKey: 'anonymous' },
  signer: { sign: (request) => Promise.resolve(request) },
};

function awsEndpoint(region: string): string {
  return `https://s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}

/** the SDK's own handler knows no proxy */
function handlerOver(dispatcher: Dispatcher) {
  return {
    async handle(
      { protocol, hostname, port, path, query, method, headers, body }: SdkRequest,
      { abortSignal }: { abortSignal?: AbortSignal } = {},
    ) {
      const url = new URL(`${protocol}//${hostname}${port ? `:${port}` : ''}${path}`);
      const search = Object.entries(query).flatMap(([name, value]) =>
        [value].flat().map((one) => `${encode(name)}=${encode(one ?? '')}`),
      );
      url.search = search.join('&');
      const response = await request(url, {
        dispatcher,
        method,
        headers,
        ...(body !== undefined && { body }),
        ...(abortSignal && { signal: abortSignal }),
      });
      const named = Object.entries(response.headers).map(([name, value]) => [name, [value].flat().join(', ')] as const);
      return {
        response: {
          statusCode: response.statusCode,
          reason: '',
          headers: Object.fromEntries(named),
          body: response.body,
        },
      };
    },
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
  };
}

/** as the signature expects it: also !'()* are escaped */
const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
