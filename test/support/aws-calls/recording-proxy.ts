import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { apiCalls } from './api-calls.js';
import type { AwsCall, AwsRequest } from './aws-call.js';
import { s3Calls } from './s3-calls.js';

export interface Answer {
  status?: number;
  type?: string;
  text: string;
}

export interface Behind {
  /** addresses of servers that speak a service's protocol */
  servers: Record<string, string>;
  /** what no server answers, or none as AWS does */
  answer(request: AwsRequest): Answer | undefined;
}

export interface RecordingProxy {
  url: string;
  /** permissions that the requests so far needed */
  calls: AwsCall[];
  /** requests whose permissions nobody knows */
  problems: string[];
  close(): void;
}

/** takes the place of AWS: hands every request on as it is, whose signature holds since the host that it names stays, and notes what it needs */
export async function recordingProxy({ servers, answer }: Behind): Promise<RecordingProxy> {
  const calls: AwsCall[] = [];
  const problems: string[] = [];

  function note(request: AwsRequest): void {
    try {
      calls.push(...(request.service === 's3' ? s3Calls(request) : apiCalls(request)));
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
    }
  }

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const sent = await buffer(incoming);
    const { method = 'GET', url: path = '/' } = incoming;
    const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
    const { service, isOwn } = signer(headers);
    const asked = { service, method, url: new URL(path, 'http://aws'), headers, body: sent.toString() };
    const done = (status: number) => isOwn && note({ ...asked, status });
    const given = answer({ ...asked, status: 0 });
    if (given) {
      const { status = 200, type = 'application/x-amz-json-1.1', text } = given;
      done(status);
      outgoing.writeHead(status, { 'content-type': type }).end(text);
      return;
    }
    const server = servers[service];
    if (server === undefined) throw new Error(`no server answers ${service}: ${method} ${path}`);
    const passed = forward(new URL(path, server), { method, headers: incoming.headers }, (response) => {
      done(response.statusCode ?? 0);
      outgoing.writeHead(response.statusCode ?? 500, response.headers);
      response.pipe(outgoing);
    });
    passed.once('error', (error) => outgoing.destroy(error));
    // who hangs up, as a worker that ends does, hangs up behind too
    outgoing.once('close', () => passed.destroy());
    passed.end(sent);
  }

  const proxy = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch((error: Error) => {
      problems.push(error.message);
      outgoing.destroy(error);
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    calls,
    problems,
    close: () => (proxy.closeAllConnections(), void proxy.close()),
  };
}

/** the service that was signed for; what an assumed role does, or nobody, is not asked of the role's own policies */
function signer({ authorization = '', 'x-amz-security-token': token }: Record<string, string>) {
  const [, service = 's3'] = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\/aws4_request/.exec(authorization) ?? [];
  return { service, isOwn: authorization !== '' && token === undefined };
}
