import { request } from 'undici';
import { TerminalError, TransientError } from '../../model/errors.js';
import type { AirbyteSync } from '../../model/airbyte-sync.js';
import { isSecret } from '../../model/http-source.js';
import { httpAgent } from '../http-agent.js';
import { userAgent } from '../user-agent.js';
import { dataOf, listOf, textOf, type Data } from '../connectors/loose-data.js';

type JobStatus = 'pending' | 'queued' | 'running' | 'incomplete' | 'failed' | 'succeeded' | 'cancelled';

export interface Job {
  /** the server counts them up */
  id: number;
  status: JobStatus;
  type: string;
  /** epoch ms; NaN where the server does not say */
  started: number;
  updated: number;
  rows: number | undefined;
}

export interface AirbyteApi {
  /** the newest jobs of a connection, the newest first */
  jobs(connection: string, signal: AbortSignal): Promise<Job[]>;
  job(id: number, signal: AbortSignal): Promise<Job>;
  /** undefined: a job of the connection is running already. Never aborted: the answer has the job's id */
  start(connection: string): Promise<Job | undefined>;
  cancel(id: number): Promise<void>;
}

interface ApiOptions extends Pick<AirbyteSync, 'server' | 'auth'> {
  /** value of a secret */
  secret(name: string): string;
}

const timeout = 30_000;
/** so many jobs are looked at: far fewer begin between an intent and the look for its job */
const mostJobs = 100;
/** ms before its end that a token is asked for again */
const margin = 15_000;

/** the public API of an Airbyte server, version 1, as far as syncs need it */
export function airbyteApi({ server, auth, secret }: ApiOptions): AirbyteApi {
  const dispatcher = httpAgent({});
  let token: { value: string; ends: number } | undefined;

  async function send(
    method: Method,
    path: string,
    body: object | undefined,
    options: { bearer?: string; signal?: AbortSignal },
  ) {
    const { bearer, signal } = options;
    const limit = AbortSignal.timeout(timeout);
    try {
      const answer = await request(`${server}${path}`, {
        dispatcher,
        method,
        headers: {
          accept: 'application/json',
          'user-agent': userAgent,
          ...(body && { 'content-type': 'application/json' }),
          ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
        },
        signal: signal ? AbortSignal.any([signal, limit]) : limit,
        ...(body && { body: JSON.stringify(body) }),
      });
      return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
    } catch (cause) {
      signal?.throwIfAborted();
      const why = limit.aborted ? `no answer in ${timeout / 1000} s` : causeOf(cause);
      throw new TransientError(`${method} ${path} of ${server}: ${why}`, { cause });
    }
  }

  async function bearerNow(signal: AbortSignal | undefined): Promise<string> {
    if ('token' in auth) return secret(auth.token.secret);
    if (token && Date.now() < token.ends) return token.value;
    const id = isSecret(auth.clientId) ? secret(auth.clientId.secret) : auth.clientId;
    const asked = {
      client_id: id,
      client_secret: secret(auth.clientSecret.secret),
      'grant-type': 'client_credentials',
    };
    const path = '/applications/token';
    const answer = await send('POST', path, asked, signal ? { signal } : {});
    // a wrong client is answered with 400 by some versions
    if (answer.status === 400) throw refused('SourceRefused', 'POST', path, answer);
    const given = read('POST', path, answer);
    const value = textOf(given['access_token']);
    if (value === '') throw new TransientError(`POST ${path} of ${server}: the answer has no access_token`);
    const seconds = typeof given['expires_in'] === 'number' ? given['expires_in'] : 180;
    token = { value, ends: Date.now() + Math.max(seconds * 1000 - margin, (seconds * 1000) / 2) };
    return value;
  }

  async function ask(method: Method, path: string, { body, signal }: { body?: object; signal?: AbortSignal } = {}) {
    const withBearer = async () =>
      send(method, path, body, { bearer: await bearerNow(signal), ...(signal && { signal }) });
    const answer = await withBearer();
    if (answer.status !== 401 || 'token' in auth) return answer;
    // a server that was started again knows no token of before
    token = undefined;
    return withBearer();
  }

  type Answer = Awaited<ReturnType<typeof send>>;

  function refused(
    name: 'SourceRefused' | 'SourceNotFound' | 'InvalidDefinition',
    method: Method,
    path: string,
    answer: Answer,
  ) {
    return new TerminalError(name, `${method} ${path} of ${server}: status ${answer.status}${said(answer.text)}`);
  }

  function read(method: Method, path: string, answer: Answer): Data {
    const { status, headers, text } = answer;
    if (status === 401 || status === 403) throw refused('SourceRefused', method, path, answer);
    if (status === 404 || (status >= 300 && status < 400)) throw refused('SourceNotFound', method, path, answer);
    if (status >= 500 || status === 429 || status === 408) {
      const after = Number([headers['retry-after']].flat()[0]);
      const wait = Number.isFinite(after) ? { retryAfter: after * 1000 } : {};
      throw new TransientError(`${method} ${path} of ${server}: status ${status}${said(text)}`, wait);
    }
    if (status >= 400) throw refused('InvalidDefinition', method, path, answer);
    try {
      return dataOf(JSON.parse(text));
    } catch (cause) {
      throw new TransientError(`${method} ${path} of ${server}: the answer is not JSON${said(text)}`, { cause });
    }
  }

  return {
    async jobs(connection, signal) {
      const query = new URLSearchParams({
        connectionId: connection,
        limit: String(mostJobs),
        orderBy: 'createdAt|DESC',
      });
      const path = `/jobs?${query.toString()}`;
      const answer = read('GET', path, await ask('GET', path, { signal }));
      return listOf(answer['data'])
        .map((one) => jobOf(dataOf(one)))
        .sort((a, b) => b.id - a.id);
    },
    async job(id, signal) {
      return jobOf(read('GET', `/jobs/${id}`, await ask('GET', `/jobs/${id}`, { signal })));
    },
    async start(connection) {
      const answer = await ask('POST', '/jobs', { body: { connectionId: connection, jobType: 'sync' } });
      return answer.status === 409 ? undefined : jobOf(read('POST', '/jobs', answer));
    },
    async cancel(id) {
      read('DELETE', `/jobs/${id}`, await ask('DELETE', `/jobs/${id}`));
    },
  };
}

type Method = 'GET' | 'POST' | 'DELETE';

function jobOf(job: Data): Job {
  const { jobId: id, status, rowsSynced: rows } = job;
  if (typeof id !== 'number' || typeof status !== 'string')
    throw new TransientError(`the answer of the Airbyte server is not a job: ${JSON.stringify(job).slice(0, 200)}`);
  return {
    id,
    status: status as JobStatus,
    type: textOf(job['jobType']),
    started: Date.parse(textOf(job['startTime'])),
    updated: Date.parse(textOf(job['lastUpdatedAt'])),
    rows: typeof rows === 'number' ? rows : undefined,
  };
}

const said = (text: string) => (text.trim() ? `: ${text.trim().slice(0, 300)}` : '');

function causeOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}
