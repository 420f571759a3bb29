/** the bytes of each source of a part, from one stream: each is read to its end, or left, before the next */
export async function* slices<T extends { offset: number; bytes: number }>(
  body: AsyncIterable<Uint8Array>,
  sources: readonly T[],
): AsyncGenerator<{ source: T; index: number; bytes: AsyncIterable<Uint8Array> }> {
  const chunks = body[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array();
  /** of the first byte of the rest, in the part */
  let position = 0;

  /** what lies before `end`, a chunk at a time */
  async function* upTo(end: number): AsyncGenerator<Uint8Array> {
    while (position < end) {
      if (rest.length === 0) {
        const next = await chunks.next();
        if (next.done) throw new Error(`the part ends at byte ${position}, before ${end}`);
        rest = next.value;
      }
      const piece = rest.subarray(0, end - position);
      rest = rest.subarray(piece.length);
      position += piece.length;
      if (piece.length > 0) yield piece;
    }
  }

  async function skipTo(end: number): Promise<void> {
    for await (const piece of upTo(end)) void piece;
  }

  try {
    for (const [index, source] of sources.entries()) {
      await skipTo(source.offset);
      yield { source, index, bytes: upTo(source.offset + source.bytes) };
      await skipTo(source.offset + source.bytes);
    }
  } finally {
    await chunks.return?.();
  }
}
