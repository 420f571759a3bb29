import type { Duplex } from 'node:stream';

/** exactly so many bytes; undefined: the client is gone */
export type Read = (count: number) => Promise<Buffer | undefined>;

const longest = 64 * 1024 * 1024;
const nothing = Buffer.alloc(0);
/** Flush, Describe, Flush, Sync */
const mostAhead = 6;

export function reader(stream: Duplex): Read {
  let wake = () => undefined as void;
  for (const event of ['readable', 'end', 'close']) stream.on(event, () => wake());
  return (count) =>
    new Promise((resolve) => {
      wake = () => {
        const found = count === 0 ? nothing : (stream.read(count) as Buffer | null);
        if (!found && !stream.readableEnded && !stream.destroyed) return;
        wake = () => undefined;
        // at its end a stream gives what is left
        resolve(found?.length === count ? found : undefined);
      };
      wake();
    });
}

/** a message with a length and without a code: what a connection begins with */
export async function readStartup(read: Read): Promise<{ code: number; body: Buffer } | undefined> {
  const body = await readBody(read, await read(4));
  return body && body.length >= 4 ? { code: body.readUInt32BE(0), body: body.subarray(4) } : undefined;
}

export interface ClientMessage {
  code: string;
  body: Buffer;
  /** as it came */
  frame: Buffer;
}

export async function readMessage(read: Read): Promise<ClientMessage | undefined> {
  const head = await read(5);
  const body = await readBody(read, head?.subarray(1));
  return head && body && { code: String.fromCharCode(head[0] ?? 0), body, frame: Buffer.concat([head, body]) };
}

/** the messages of a client, and what of them has come already */
export function messages(stream: Duplex, read: Read) {
  const ahead: ClientMessage[] = [];

  /** one that is here as a whole */
  function takeOne(): ClientMessage | undefined {
    const head = stream.readableLength < 5 ? null : (stream.read(5) as Buffer | null);
    if (!head) return undefined;
    const size = head.readUInt32BE(1) - 4;
    const body = size === 0 ? nothing : size > stream.readableLength ? null : (stream.read(size) as Buffer | null);
    if (body) return { code: String.fromCharCode(head[0] ?? 0), body, frame: Buffer.concat([head, body]) };
    stream.unshift(head);
    return undefined;
  }

  return {
    next: async () => ahead.shift() ?? readMessage(read),
    /** a Sync has come, and before it only what is answered without PostgreSQL: Flush, and Describe of a statement */
    isSyncNext(): boolean {
      for (let at = 0; at < mostAhead; at++) {
        const message = ahead[at] ?? takeOne();
        if (!message) return false;
        if (at === ahead.length) ahead.push(message);
        if (message.code === 'S') return true;
        const isLocal = message.code === 'H' || (message.code === 'D' && targetOf(message.body).kind === 'statement');
        if (!isLocal) return false;
      }
      return false;
    },
  };
}

async function readBody(read: Read, length: Buffer | undefined): Promise<Buffer | undefined> {
  const size = length ? length.readUInt32BE(0) : 0;
  return size < 4 || size > longest ? undefined : read(size - 4);
}

/** the fields of a body, one after the other */
function fieldsOf(body: Buffer) {
  let at = 0;
  const skip = (count: number) => (at += count) - count;
  const fields = {
    char: () => String.fromCharCode(body.readUInt8(skip(1))),
    int16: () => body.readInt16BE(skip(2)),
    int32: () => body.readInt32BE(skip(4)),
    unsigned: () => body.readUInt32BE(skip(4)),
    text(): string {
      const end = body.indexOf(0, at);
      if (end < 0) throw new RangeError('a text of the message has no end');
      return body.toString('utf8', skip(end + 1 - at), end);
    },
    skip,
    list: <T>(each: () => T): T[] => Array.from({ length: fields.int16() }, each),
  };
  return fields;
}

/** names and values of a startup message */
export function settingsOf(body: Buffer): Map<string, string> {
  const { text } = fieldsOf(body);
  const found = new Map<string, string>();
  for (let name = text(); name !== ''; name = text()) found.set(name, text());
  return found;
}

export function parseOf(body: Buffer) {
  const { text, list, unsigned } = fieldsOf(body);
  return { name: text(), sql: text(), types: list(unsigned) };
}

export function bindOf(body: Buffer) {
  const { text, list, int16, int32, skip } = fieldsOf(body);
  const [portal, statement] = [text(), text()];
  list(int16);
  list(() => skip(Math.max(int32(), 0)));
  return { portal, statement, formats: list(int16) };
}

/** of Describe and Close: a statement or a portal */
export function targetOf(body: Buffer) {
  const { char, text } = fieldsOf(body);
  return { kind: char() === 'S' ? ('statement' as const) : ('portal' as const), name: text() };
}
