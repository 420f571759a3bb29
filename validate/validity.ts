/** Arrow's validity bitmap: every bit is set, nulls clear theirs */
export function validity() {
  let bits = new Uint8Array(128).fill(255);
  let nullCount = 0;

  function reserve(length: number): void {
    if (length <= bits.length * 8) return;
    const larger = new Uint8Array(Math.max(bits.length * 2, (length + 7) >> 3)).fill(255);
    larger.set(bits);
    bits = larger;
  }

  return {
    clear(at: number): void {
      reserve(at + 1);
      bits[at >> 3] = (bits[at >> 3] ?? 0) & ~(1 << (at & 7));
      nullCount++;
    },
    finish(length: number) {
      reserve(length);
      return { nullCount, nullBitmap: bits.subarray(0, (length + 7) >> 3) };
    },
    reset(): void {
      bits.fill(255);
      nullCount = 0;
    },
  };
}
