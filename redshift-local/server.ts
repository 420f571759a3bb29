import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadModule } from 'libpg-query';
import { objects, type ObjectOptions } from './copy/objects.js';
import { databaseStore } from './database-store.js';
import { InternalServerException, ServiceError } from './errors.js';
import { answerFaults } from './faults-endpoint.js';
import { faults } from './faults.js';
import { operations } from './operations.js';
import { postgres, type PostgresOptions } from './postgres.js';
import { strikeRequest } from './request-faults.js';
import { readBody, readJson } from './request-body.js';
import { statementService } from './service.js';
import { sessionStore } from './session-store.js';
import { sessions } from './sessions.js';
import { userDirectory, type KnownUser } from './users.js';
import { verifySignature, type Credentials } from './signature.js';
import { statementStore } from './store.js';
import { listenOnWire, type WireOptions } from './wire/listen.js';

export interface RedshiftDataOptions {
  /** where to listen; 127.0.0.1 unless a container's network is what keeps others out */
  host?: string;
  /** 0 or absent: a free one */
  port?: number;
  postgres: PostgresOptions;
  /** where COPY reads; its keys and region are also those that requests must be signed with */
  s3: ObjectOptions;
  /** further keys that may sign requests */
  keys?: Credentials[];
  /** who signs in with rights of its own; the requests of all other keys of the service are the administrator's */
  users?: KnownUser[];
  /** statements that run at a time, others wait as SUBMITTED */
  maxRunning?: number;
  /** the databases have `enable_large_strings_opt_in`: a text inside SUPER may have 16,000,000 bytes */
  largeStrings?: boolean;
  /** opens PostgreSQL's protocol too */
  wire?: WireOptions;
  /** opens /faults, where tests ask for faults; never where others work */
  faults?: boolean;
}

const contentType = 'application/x-amz-json-1.1';

/** the Redshift Data API, in front of a PostgreSQL */
export async function startRedshiftData(
  options: RedshiftDataOptions,
): Promise<{ url: string; wirePort?: number; close(): Promise<void> }> {
  await loadModule();
  const database = postgres(options.postgres, options.largeStrings);
  const records = databaseStore(database);
  const store = statementStore(records, database);
  await store.open();
  const users = userDirectory({
    known: options.users ?? [],
    mainRole: options.s3.accessKeyId,
    owner: options.postgres.user,
  });
  const open = sessions(database, sessionStore(records), users);
  const injected = faults();
  const lake = objects(options.s3);
  const service = statementService({
    postgres: database,
    objects: lake,
    store,
    sessions: open,
    faults: injected,
    users,
    maxRunning: options.maxRunning ?? 16,
  });
  const known = operations({ service, store, sessions: open, postgres: database, users });
  const keys = [options.s3, ...(options.keys ?? [])];

  /** undefined: the answer is lost on purpose */
  async function answer(request: IncomingMessage): Promise<string | undefined> {
    const body = await readBody(request);
    const caller = verifySignature(request, body, keys, options.s3.region);
    const [, name = ''] = /^RedshiftData\.(\w+)$/.exec(String(request.headers['x-amz-target'] ?? '')) ?? [];
    const operation = Object.hasOwn(known, name) ? known[name] : undefined;
    if (request.method !== 'POST' || !operation)
      throw new ServiceError('UnknownOperationException', `operation ${name || 'without a name'} is not known`);
    const input = readJson(body);
    return strikeRequest(injected, service, name, input, caller, () => operation(input, caller));
  }

  function respond(request: IncomingMessage, response: ServerResponse): void {
    const send = (status: number, body: string, type?: string) => {
      response.writeHead(status, {
        'content-type': contentType,
        'x-amzn-requestid': randomUUID(),
        ...(type && { 'x-amzn-errortype': type }),
      });
      response.end(body);
    };
    answer(request).then(
      (body) => (body === undefined ? request.socket.destroy() : send(200, body)),
      (error: unknown) => {
        if (!(error instanceof ServiceError)) console.error(error);
        const shown =
          error instanceof ServiceError
            ? error
            : InternalServerException(error instanceof Error ? error.message : String(error));
        const { name, message, status, extra } = shown;
        send(status, JSON.stringify({ __type: name, Message: message, message, ...extra }), name);
      },
    );
  }

  const server = createServer((request, response) => {
    if (options.faults && request.url === '/faults') void answerFaults(injected, request, response);
    else respond(request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, options.host ?? '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const wire =
    options.wire &&
    (await listenOnWire(options.wire, {
      postgres: database,
      objects: lake,
      users,
      ...(options.postgres.password !== undefined && { password: options.postgres.password }),
      nextQueryId: store.nextQueryId,
    }));
  return {
    url: `http://127.0.0.1:${port}`,
    ...(wire && { wirePort: wire.port }),
    async close() {
      await wire?.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      await service.close();
      server.closeAllConnections();
      await closed;
      await records.close();
    },
  };
}
