import { appendFile, rm } from 'node:fs/promises';
import { createReadStream } from 'node:fs';

/** beyond it lines wait in a file */
const mostInMemory = 4 * 1024 * 1024;

/** lines of one stream that wait for its next state; a file takes those that are many */
export function spool(file: string) {
  let pieces: Uint8Array[] = [];
  let held = 0;
  let isInFile = false;

  async function write(): Promise<void> {
    await appendFile(file, Buffer.concat(pieces), { mode: 0o600 });
    pieces = [];
    held = 0;
    isInFile = true;
  }

  return {
    async add(line: Uint8Array): Promise<void> {
      pieces.push(line);
      held += line.length;
      if (held > mostInMemory) await write();
    },
    isEmpty: () => held === 0 && !isInFile,
    /** all of it, once; `release` lets go of the file when it was read */
    async take(): Promise<{ body: Uint8Array | AsyncIterable<Uint8Array>; release(): Promise<void> }> {
      if (!isInFile) {
        const body = Buffer.concat(pieces);
        pieces = [];
        held = 0;
        return { body, release: async () => undefined };
      }
      await write();
      isInFile = false;
      return { body: createReadStream(file), release: () => rm(file, { force: true }) };
    },
  };
}
