import { serialize } from 'pg-protocol';
import { readFrame, type Backend } from './backend.js';
import { valuesOf } from './server-messages.js';
import { bytesOf, textOf, type Text } from './texts.js';

export const isEndOfRows = (code: string) => code === 'C' || code === 's' || code === 'I';

type OnFrame = (code: string, frame: Buffer) => void;
const none = () => undefined;

/** what one client's session asks PostgreSQL: as few exchanges as may be, for each of them wakes two processes */
export function exchanges(
  { client, exchange }: Backend,
  onNotice: (fields: Record<string, string | undefined>) => void,
) {
  /** PostgreSQL has seen a Sync since it was last asked for something */
  let isClean = true;
  let status: string = 'I';
  /** PostgreSQL passes over everything until the next Sync */
  let isFailed = false;
  /** what it gets with what it is asked next: nobody waits for the answer */
  let later: Buffer[] = [];

  const refresh = () => void (status = client.getTransactionStatus() ?? 'I');

  /** `isFinal`: nothing else is asked before the Sync that the client sends next, so that it goes along */
  async function ask(bytes: Buffer, isLast: (code: string) => boolean, onFrame: OnFrame, isFinal = false) {
    isClean = false;
    const sent = [...later, bytes, isFinal ? serialize.sync() : serialize.flush()];
    later = [];
    const pass: OnFrame = (code, frame) => {
      if (code === 'N') onNotice(readFrame(frame));
      else if (code !== 'Z') onFrame(code, frame);
    };
    // `isLast` counts what it sees
    const isEnd = (code: string) => (code === 'Z' ? isFinal : isLast(code) && !isFinal);
    try {
      await exchange(Buffer.concat(sent), isEnd, pass, isFinal);
    } catch (error) {
      isFailed = !isFinal;
      throw error;
    } finally {
      isClean = isFinal;
      if (isFinal) refresh();
    }
  }

  async function sync(): Promise<string> {
    if (!isClean) await ask(Buffer.alloc(0), () => false, none, true);
    isFailed = false;
    return status;
  }

  /** texts in one exchange, each as a statement of its own; the frames are those of the one at `shown` */
  async function send(texts: Text[], shown: number, onFrame: OnFrame, isFinal = false): Promise<void> {
    if (texts.length === 0) return;
    let at = 0;
    await ask(
      Buffer.concat(texts.map(bytesOf)),
      (code) => isEndOfRows(code) && ++at === texts.length,
      (code, frame) => at === shown && onFrame(code, frame),
      isFinal,
    );
  }

  return {
    ask,
    sync,
    send,
    status: () => status,
    /** where PostgreSQL's client was asked past this */
    refresh,
    isClean: () => isClean,
    isFailed: () => isFailed,
    quietly: (texts: string[] = []) => send(texts.map(textOf), -1, none),
    async firstValue(sql: string, values: string[]): Promise<string | null | undefined> {
      let found: string | null | undefined;
      await send([{ sql, values }], 0, (code, frame) => {
        if (code === 'D') found ??= valuesOf(frame)[0]?.toString() ?? null;
      });
      return found;
    },
    /** of a statement or portal that PostgreSQL has */
    closeLater: (frame: Buffer) => void later.push(frame),
    /** before the answer to a COMMIT or BEGIN of which no Sync has told */
    assume: (assumed: string) => void (status = assumed),
  };
}
