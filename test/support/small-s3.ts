import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';

export interface SmallS3 {
  /** by path: `/bucket/key` */
  objects: Map<string, Buffer>;
  /** awaited before a body that is written is read */
  beforePut: (path: string) => Promise<void>;
  /** what an S3 client has to be told to come here */
  environment: Record<string, string>;
  close(): void;
}

/** the few requests of a step, over real sockets, by a server that can keep its clients waiting */
export async function smallS3(): Promise<SmallS3> {
  const objects = new Map<string, Buffer>();
  const server = createServer((request, response) => void answer(request, response));
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path = '', query] = (request.url ?? '').split('?');
    if (request.method !== 'GET') {
      await s3.beforePut(path);
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      if (request.method === 'PUT') objects.set(query ? `${path}?${query}` : path, Buffer.concat(chunks));
      const upload = '<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>';
      response.setHeader('etag', '"1"').end(request.method === 'POST' ? upload : undefined);
      return;
    }
    const body = objects.get(path);
    if (!body) {
      response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>');
      return;
    }
    response.setHeader('content-length', body.length);
    // a client that has gone away wants no more of it
    await pipeline(chunksOf(body), response).catch(() => undefined);
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const s3: SmallS3 = {
    objects,
    beforePut: () => Promise.resolve(),
    environment: {
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return s3;
}

function* chunksOf(body: Buffer): Iterable<Buffer> {
  for (let at = 0; at < body.length; at += 65_536) yield body.subarray(at, at + 65_536);
}
