import type { IncomingMessage, ServerResponse } from 'node:http';

export interface Answer {
  status: number;
  type: string;
  body: string | Buffer;
}

export type Routes = Record<string, (url: URL) => Answer | Promise<Answer>>;

export const plain = (status: number, text: string): Answer => ({
  status,
  type: 'text/plain; charset=utf-8',
  body: `${text}\n`,
});

export async function answer(routes: Routes, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { status, type, body } = await route(routes, request);
  const bytes = Buffer.from(body);
  response.writeHead(status, { 'content-type': type, 'content-length': bytes.length });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

async function route(routes: Routes, request: IncomingMessage): Promise<Answer> {
  const url = new URL(`http://127.0.0.1${request.url}`);
  const handle = Object.hasOwn(routes, url.pathname) ? routes[url.pathname] : undefined;
  if (!handle) return plain(404, `not found: ${request.url}; known paths: ${Object.keys(routes).join(', ')}`);
  if (request.method !== 'GET' && request.method !== 'HEAD') return plain(405, `only GET, got ${request.method}`);
  try {
    return await handle(url);
  } catch (error) {
    return plain(500, error instanceof Error ? error.message : String(error));
  }
}
