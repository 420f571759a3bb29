import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadModule } from 'libpg-query';
import { objects, type ObjectOptions } from './copy/objects.js';
import { InternalServerException, ServiceError } from './errors.js';
import { operations } from './operations.js';
import { postgres, type PostgresOptions } from './postgres.js';
import { statementService } from './service.js';
import { verifySignature } from './signature.js';
import { statementStore } from './store.js';

export interface RedshiftDataOptions {
  /** where to listen; 127.0.0.1 unless a container's network is what keeps others out */
  host?: string;
  /** 0 or absent: a free one */
  port?: number;
  postgres: PostgresOptions;
  /** where COPY reads; its keys are also those that requests must be signed with */
  s3: ObjectOptions;
  /** statements that run at a time, others wait as SUBMITTED */
  maxRunning?: number;
}

const maxBodyBytes = 8 * 1024 * 1024;
const contentType = 'application/x-amz-json-1.1';

/** the Redshift Data API, in front of a PostgreSQL */
export async function startRedshiftData(
  options: RedshiftDataOptions,
): Promise<{ url: string; close(): Promise<void> }> {
  await loadModule();
  const database = postgres(options.postgres);
  const store = statementStore(database);
  await store.open();
  const service = statementService(database, objects(options.s3), store, options.maxRunning ?? 16);
  const known = operations(service, store);

  async function answer(request: IncomingMessage): Promise<string> {
    const body = await read(request);
    const principal = verifySignature(request, body, options.s3);
    const [, name = ''] = /^RedshiftData\.(\w+)$/.exec(String(request.headers['x-amz-target'] ?? '')) ?? [];
    const operation = Object.hasOwn(known, name) ? known[name] : undefined;
    if (request.method !== 'POST' || !operation)
      throw new ServiceError(
        'UnknownOperationException',
        `operation ${name || 'without a name'} is not honoured here`,
        400,
      );
    return operation(json(body), principal);
  }

  const server = createServer((request, response) => {
    const send = (status: number, body: string, type?: string) => {
      response.writeHead(status, {
        'content-type': contentType,
        'x-amzn-requestid': randomUUID(),
        ...(type && { 'x-amzn-errortype': type }),
      });
      response.end(body);
    };
    answer(request).then(
      (body) => send(200, body),
      (error: unknown) => {
        if (!(error instanceof ServiceError)) console.error(error);
        const known =
          error instanceof ServiceError
            ? error
            : InternalServerException(error instanceof Error ? error.message : String(error));
        send(
          known.status,
          JSON.stringify({ __type: known.name, Message: known.message, message: known.message, ...known.extra }),
          known.name,
        );
      },
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, options.host ?? '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      await service.close();
      server.closeAllConnections();
      await closed;
      await store.close();
    },
  };
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBodyBytes) throw new ServiceError('RequestEntityTooLargeException', 'the request is too large', 413);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function json(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8') || '{}');
  } catch {
    throw new ServiceError('SerializationException', 'the body is not JSON', 400);
  }
}
