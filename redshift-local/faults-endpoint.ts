import type { IncomingMessage, ServerResponse } from 'node:http';
import { faultList, type Faults } from './faults.js';
import { readBody, readJson } from './request-body.js';

/** GET tells the faults and how often each has struck, PUT replaces them, DELETE removes them */
export async function answerFaults(faults: Faults, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const send = (status: number, body: unknown) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(`${JSON.stringify(body)}\n`);
  };
  try {
    if (request.method === 'DELETE') faults.set([]);
    else if (request.method === 'PUT') {
      const asked = faultList.safeParse(readJson(await readBody(request)));
      if (!asked.success)
        return send(400, { errors: asked.error.issues.map((one) => `${one.path.join('.')}: ${one.message}`) });
      faults.set(asked.data);
    } else if (request.method !== 'GET') return send(405, { errors: ['GET, PUT and DELETE are known here'] });
    send(200, faults.list());
  } catch (error) {
    send(400, { errors: [error instanceof Error ? error.message : String(error)] });
  }
}
