import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SourceDriver } from '../../../sources/open-source.js';
import { faultyServer, type FaultyServer } from './faulty-server.js';

export const interval = { start: '2022-11-24T10:00:00Z', end: '2022-11-24T11:00:00Z' };
export const never = new AbortController().signal;

/** one way to serve objects, as the drivers meet it */
export interface Protocol {
  open(url: string): SourceDriver;
  /** answers a request for the interval that holds this one object; `body` decides how its bytes are sent */
  serve(request: IncomingMessage, response: ServerResponse, object: { body: ServeBody }): void;
  /** answers that there is nothing */
  serveNothing(request: IncomingMessage, response: ServerResponse): void;
}

type ServeBody = (response: ServerResponse) => void;

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** the bytes of every object of the interval, in the order of the list */
export async function readAll(driver: SourceDriver, signal = never): Promise<Buffer[]> {
  const bodies: Buffer[] = [];
  for await (const object of driver.list(interval, signal)) {
    bodies.push(Buffer.concat(await collect(await object.open(signal))));
  }
  return bodies;
}

/** what every driver promises, over a real server */
export function contract(name: string, protocol: Protocol): void {
  describe(`${name} keeps the contract`, () => {
    let server: FaultyServer;
    beforeEach(async () => {
      server = await faultyServer();
    });
    afterEach(() => server.close());

    const serving = (body: ServeBody) => {
      server.handle = (request, response) => protocol.serve(request, response, { body });
      return protocol.open(server.url);
    };
    const answering = (status: number, headers: Record<string, string> = {}, text = '') => {
      server.handle = (_, response) => void response.writeHead(status, headers).end(text);
      return protocol.open(server.url);
    };

    test('bytes arrive as sent', async () => {
      const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));
      const [received] = await readAll(serving((response) => response.end(bytes)));
      // toEqual takes seconds for so many
      expect(received?.equals(bytes)).toBe(true);
    });

    test('gzip is seen by its first bytes and left packed', async () => {
      const bytes = gzipSync('{}\n');
      const driver = serving((response) => response.end(bytes));
      for await (const object of driver.list(interval, never)) expect(object.gzip).toBe(true);
      expect(await readAll(driver)).toEqual([bytes]);
    });

    test('an object can be opened after the list has moved on', async () => {
      const driver = serving((response) => response.end('late'));
      const [object] = await collect(driver.list(interval, never));
      const chunks = object ? await collect(await object.open(never)) : [];
      expect(Buffer.concat(chunks).toString()).toBe('late');
    });

    test('an empty interval has no objects', async () => {
      server.handle = (request, response) => protocol.serveNothing(request, response);
      expect(await readAll(protocol.open(server.url))).toEqual([]);
    });

    test('an object of no bytes is an object', async () => {
      expect(await readAll(serving((response) => response.end()))).toEqual([Buffer.alloc(0)]);
    });

    test('HTTP 500 may pass', async () => {
      await expect(readAll(answering(500))).rejects.toMatchObject({
        name: 'TransientError',
        message: expect.stringContaining('HTTP 500'),
      });
    });

    test('HTTP 429 tells how long to wait', async () => {
      await expect(readAll(answering(429, { 'retry-after': '1' }))).rejects.toMatchObject({
        name: 'TransientError',
        retryAfter: 1000,
      });
    });

    test('HTTP 404 is terminal', async () => {
      await expect(readAll(answering(404))).rejects.toMatchObject({ name: 'SourceNotFound' });
    });

    test.each([401, 403])('HTTP %i is a refusal', async (status) => {
      await expect(readAll(answering(status))).rejects.toMatchObject({
        name: 'SourceRefused',
        message: expect.stringContaining(`HTTP ${status}`),
      });
    });

    test('a refused connection may pass', async () => {
      const closed = await faultyServer();
      await closed.close();
      await expect(readAll(protocol.open(closed.url))).rejects.toMatchObject({
        name: 'TransientError',
        message: expect.stringContaining('ECONNREFUSED'),
      });
    });

    test('a reset connection may pass', async () => {
      server.handle = (request) => request.socket.resetAndDestroy();
      await expect(readAll(protocol.open(server.url))).rejects.toMatchObject({ name: 'TransientError' });
    });

    test('a body shorter than announced may pass, and says how much came', async () => {
      const driver = serving((response) => {
        response.setHeader('content-length', 100);
        response.write('half of it', () => response.destroy());
      });
      await expect(readAll(driver)).rejects.toMatchObject({
        name: 'TransientError',
        message: expect.stringMatching(/(\d+) of 100 bytes/),
      });
    });

    test('silence in a body may pass', async () => {
      const driver = serving((response) => void response.write('then nothing'));
      await expect(readAll(driver)).rejects.toMatchObject({ name: 'TransientError' });
    });

    test('silence before the headers may pass', async () => {
      server.handle = () => undefined;
      await expect(readAll(protocol.open(server.url))).rejects.toMatchObject({ name: 'TransientError' });
    });

    test('a cancellation is told as it was asked', async () => {
      const controller = new AbortController();
      const reason = new Error('the run was cancelled');
      const driver = serving((response) => response.write('go on', () => controller.abort(reason)));
      await expect(readAll(driver, controller.signal)).rejects.toBe(reason);
    });
  });
}
