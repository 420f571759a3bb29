import type { IncomingMessage } from 'node:http';
import { ServiceError } from './errors.js';

const maxBodyBytes = 8 * 1024 * 1024;

export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBodyBytes) throw new ServiceError('RequestEntityTooLargeException', 'the request is too large', 413);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export function readJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8') || '{}');
  } catch {
    throw new ServiceError('SerializationException', 'the body is not JSON', 400);
  }
}
