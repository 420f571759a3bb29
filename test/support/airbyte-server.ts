import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface ImitatedJob {
  jobId: number;
  status: string;
  jobType: string;
  startTime: string;
  connectionId: string;
  lastUpdatedAt: string;
  rowsSynced: number;
}

export interface AirbyteServer {
  /** of the public API */
  url: string;
  jobs: ImitatedJob[];
  /** method and path of every request that was answered, in order */
  asked: string[];
  /** looks at a job until it ends */
  looks: number;
  /** what a job ends with, and the rows that it writes */
  ends: (job: ImitatedJob) => { status: string; rows: number };
  /** called for each request; what it returns is done to it instead of an answer */
  fault: (method: string, path: string) => Fault | undefined;
  /** a job that somebody else starts */
  begin(connection: string, jobType?: string): ImitatedJob;
  close(): void;
}

/** the connection is lost before or after the server did its work, or it answers with a status */
type Fault = 'before' | 'after' | { status: number; headers?: Record<string, string> };

export const client = { id: 'planted-client-id', secret: 'planted-client-secret' };
export const token = 'planted-airbyte-token';
const statuses = ['pending', 'queued', 'running', 'incomplete', 'failed', 'succeeded', 'cancelled'];
const types = ['sync', 'reset', 'refresh', 'clear'];
const base = '/api/public/v1';
const listed = new Set([
  'connectionId',
  'limit',
  'offset',
  'jobType',
  'workspaceIds',
  'status',
  'orderBy',
  'createdAtStart',
  'createdAtEnd',
  'updatedAtStart',
  'updatedAtEnd',
]);

class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** an Airbyte server as its public API shows it: one job of a connection at a time, known by nothing but its number */
export async function airbyteServer(connections: string[], now = () => Date.now()): Promise<AirbyteServer> {
  const tokens = new Set([token]);
  let issued = 0;
  const seen = new Map<number, number>();
  const isOver = ({ status }: ImitatedJob) => ['failed', 'succeeded', 'cancelled'].includes(status);
  const iso = () => new Date(now()).toISOString().replace(/\.\d+Z$/, 'Z');

  function begin(connectionId: string, jobType = 'sync'): ImitatedJob {
    if (!connections.includes(connectionId))
      throw new Refusal(404, `Could not find configuration for STANDARD_SYNC: ${connectionId}.`);
    if (server.jobs.some((job) => job.connectionId === connectionId && !isOver(job)))
      throw new Refusal(409, `A sync is already running for: ${connectionId}`);
    const jobId = 1 + (server.jobs.at(-1)?.jobId ?? 40);
    const job = {
      jobId,
      status: 'pending',
      jobType,
      startTime: iso(),
      connectionId,
      lastUpdatedAt: iso(),
      rowsSynced: 0,
    };
    server.jobs.push(job);
    return job;
  }

  /** each look takes a job one step on */
  function look(job: ImitatedJob): void {
    if (isOver(job)) return;
    const looks = (seen.get(job.jobId) ?? 0) + 1;
    seen.set(job.jobId, looks);
    job.status = looks < server.looks ? 'running' : job.status;
    if (looks < server.looks) return;
    const { status, rows } = server.ends(job);
    Object.assign(job, { status, rowsSynced: rows, lastUpdatedAt: iso() });
  }

  function answerTo(
    method: string,
    path: string,
    query: URLSearchParams,
    body: string,
    request: IncomingMessage,
  ): unknown {
    if (method === 'POST' && path === '/applications/token') return giveToken(body, request);
    const bearer = request.headers.authorization?.replace(/^Bearer /, '');
    if (bearer === undefined || !tokens.has(bearer)) throw new Refusal(401, 'Unauthorized');
    const [, id] = /^\/jobs\/(\d+)$/.exec(path) ?? [];
    if (id !== undefined) {
      const job = server.jobs.find(({ jobId }) => jobId === Number(id));
      if (!job) throw new Refusal(404, `Could not find configuration for JOB: ${id}.`);
      if (method === 'DELETE' && !isOver(job)) Object.assign(job, { status: 'cancelled', lastUpdatedAt: iso() });
      else if (method === 'GET') look(job);
      else if (method !== 'DELETE') throw new Refusal(405, 'Method Not Allowed');
      return job;
    }
    if (path !== '/jobs') throw new Refusal(404, 'Page Not Found');
    if (method === 'POST') return postJob(body, request);
    if (method === 'GET') return listJobs(query);
    throw new Refusal(405, 'Method Not Allowed');
  }

  /** forms are refused, as real servers do whatever the SDK sends (airbyte-api-python-sdk#126) */
  function giveToken(body: string, request: IncomingMessage): unknown {
    const { client_id: id, client_secret: secret } = json(body, request, ['client_id', 'client_secret', 'grant-type']);
    if (id !== client.id || secret !== client.secret) throw new Refusal(400, 'Invalid client id or token');
    const access = `planted-access-${++issued}`;
    tokens.add(access);
    return { access_token: access, token_type: 'Bearer', expires_in: 180 };
  }

  function postJob(body: string, request: IncomingMessage): unknown {
    const { connectionId, jobType } = json(body, request, ['connectionId', 'jobType', 'jobConfig']);
    if (typeof connectionId !== 'string') throw new Refusal(400, 'connectionId must not be null');
    if (typeof jobType !== 'string' || !types.includes(jobType))
      throw new Refusal(400, `Unexpected jobType '${String(jobType)}'`);
    return begin(connectionId, jobType);
  }

  function listJobs(query: URLSearchParams): unknown {
    for (const name of query.keys()) if (!listed.has(name)) throw new Refusal(400, `Unexpected parameter ${name}`);
    const [limit, offset] = [Number(query.get('limit') ?? 20), Number(query.get('offset') ?? 0)];
    if (!Number.isInteger(limit) || limit < 1 || limit > 100) throw new Refusal(400, 'limit must be between 1 and 100');
    const order = query.get('orderBy');
    if (order !== null && !/^(createdAt|updatedAt)\|(ASC|DESC)$/.test(order))
      throw new Refusal(400, `Invalid orderBy: ${order}`);
    const status = query.get('status');
    if (status !== null && !statuses.includes(status)) throw new Refusal(400, `Unexpected status '${status}'`);
    const wanted = server.jobs.filter(
      (job) =>
        (query.get('connectionId') ?? job.connectionId) === job.connectionId &&
        (query.get('jobType') ?? job.jobType) === job.jobType &&
        (status ?? job.status) === job.status,
    );
    const ordered = order?.endsWith('ASC') ? wanted : wanted.toReversed();
    return { previous: '', next: '', data: ordered.slice(offset, offset + limit) };
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '' } = request;
    const url = new URL(request.url ?? '', 'http://airbyte');
    const path = url.pathname.startsWith(base) ? url.pathname.slice(base.length) : '/outside';
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const fault = server.fault(method, path);
    if (fault === 'before') return void request.socket.destroy();
    const write = (status: number, value: unknown, headers: Record<string, string> = {}) =>
      void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
    if (typeof fault === 'object') return write(fault.status, { message: 'out of order' }, fault.headers);
    server.asked.push(`${method} ${path}`);
    try {
      const found = answerTo(method, path, url.searchParams, Buffer.concat(chunks).toString(), request);
      if (fault === 'after') return void request.socket.destroy();
      write(200, found);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      write(error.status, { message: error.message, exceptionClassName: 'io.airbyte.api.problems' });
    }
  }

  const listener = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const server: AirbyteServer = {
    url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}${base}`,
    jobs: [],
    asked: [],
    looks: 2,
    ends: () => ({ status: 'succeeded', rows: 0 }),
    fault: () => undefined,
    begin,
    close: () => (listener.closeAllConnections(), void listener.close()),
  };
  return server;
}

function json(body: string, { headers }: IncomingMessage, known: string[]): Record<string, unknown> {
  if (!headers['content-type']?.startsWith('application/json'))
    throw new Refusal(401, 'Content-Type is not application/json');
  const value = JSON.parse(body) as Record<string, unknown>;
  for (const name of Object.keys(value))
    if (!known.includes(name)) throw new Refusal(400, `Unexpected property ${name}`);
  return value;
}
