import type { Duplex } from 'node:stream';

const enough = 64 * 1024;

/** messages to the client, written together */
export function output(stream: Duplex) {
  let pending: Buffer[] = [];
  let size = 0;

  function flush(): void {
    if (size > 0 && stream.writable) stream.write(Buffer.concat(pending, size));
    pending = [];
    size = 0;
  }

  return {
    send(message: Buffer): void {
      pending.push(message);
      size += message.length;
      if (size >= enough) flush();
    },
    flush,
    /** the client does not read as fast as it is written to: what to do until it does */
    whenFull({ pause, resume }: { pause(): void; resume(): void }): void {
      if (!stream.writableNeedDrain) return;
      const go = () => {
        stream.off('drain', go);
        stream.off('close', go);
        resume();
      };
      pause();
      stream.on('drain', go);
      stream.on('close', go);
    },
  };
}

export type Output = ReturnType<typeof output>;
