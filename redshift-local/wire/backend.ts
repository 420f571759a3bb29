import { EventEmitter } from 'node:events';
import { Socket } from 'node:net';
import type pg from 'pg';
import { parse } from 'pg-protocol';
import type { BackendMessage } from 'pg-protocol/dist/messages.js';
import type { Postgres } from '../postgres.js';

type OnFrame = (code: string, frame: Buffer) => void;

/** what PostgreSQL notes is passed on */
const settings = '-c client_min_messages=notice';

/**
 * a connection to PostgreSQL that is used in two ways, one at a time: by `client`, as everywhere, and by `exchange`, frame by
 * frame, so that rows pass through as they are
 */
export async function backend(postgres: Postgres, database: string) {
  const socket = new Socket();
  const emit = socket.emit.bind(socket) as (event: string, ...values: unknown[]) => boolean;
  let take: ((chunk: Buffer) => void) | undefined;
  Object.assign(socket, {
    emit(event: string, ...values: unknown[]): boolean {
      if (event !== 'data' || !take) return emit(event, ...values);
      take(values[0] as Buffer);
      return true;
    },
  });
  const client = await postgres.session(database, 'redshift-data idle', { stream: () => socket, options: settings });
  let lose: ((error: Error) => void) | undefined;
  socket.once('close', () => lose?.(new Error('Connection terminated')));

  /** sends frames and hands over the answers up to the last; an error of PostgreSQL is thrown, it ends the exchange, or where a Sync is sent with it the answer to that */
  function exchange(
    bytes: Buffer,
    isLast: (code: string) => boolean,
    onFrame: OnFrame,
    hasSync = false,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      let failure: unknown;
      const end = (how: () => void) => {
        take = lose = undefined;
        how();
      };
      lose = (error) => end(() => reject(failure ?? error));
      if (socket.destroyed) return lose(new Error('Connection terminated'));
      take = frames((code, frame) => {
        // the client follows what state its transaction has
        if (code === 'Z') emit('data', frame);
        if (code === 'E' && !hasSync) return end(() => reject(readFrame(frame)));
        if (code === 'E') failure = readFrame(frame);
        try {
          if (code !== 'E') onFrame(code, frame);
        } catch (error) {
          failure ??= error;
        }
        if (isLast(code)) end(() => (failure ? reject(failure) : resolve()));
      });
      socket.write(bytes);
    });
  }

  return {
    client,
    pid: (client as pg.Client & { processID?: number }).processID ?? 0,
    exchange,
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
  };
}

export type Backend = Awaited<ReturnType<typeof backend>>;

function frames(onFrame: OnFrame): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    const data = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    let at = 0;
    while (data.length - at >= 5) {
      const size = 1 + data.readUInt32BE(at + 1);
      if (data.length - at < size) break;
      onFrame(String.fromCharCode(data[at] ?? 0), data.subarray(at, at + size));
      at += size;
    }
    rest = data.subarray(at);
  };
}

/** one whole frame, by the library that the client reads with */
export function readFrame<T = BackendMessage>(frame: Buffer): T {
  const source = new EventEmitter();
  let found: unknown;
  void parse(source as unknown as NodeJS.ReadableStream, (message) => (found = message));
  source.emit('data', frame);
  return found as T;
}
