import type { IncomingMessage, ServerResponse } from 'node:http';
import { plain, type Answer } from 'waterclock/samples';

export async function respond(
  answerTo: (url: URL) => Answer | Promise<Answer>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { status, type, body } = await answer(answerTo, request);
  const bytes = Buffer.from(body);
  response.writeHead(status, { 'content-type': type, 'content-length': bytes.length });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

async function answer(answerTo: (url: URL) => Answer | Promise<Answer>, request: IncomingMessage): Promise<Answer> {
  try {
    return await answerTo(new URL(`http://127.0.0.1${request.url}`));
  } catch (error) {
    return plain(500, error instanceof Error ? error.message : String(error));
  }
}
