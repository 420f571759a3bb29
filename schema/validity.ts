/** Arrow's validity bitmap: every bit is set, nulls clear theirs */
export function validity() {
  let bits = new Uint8Array(128).fill(255);
  let length = 0;
  let nullCount = 0;
  return {
    append(isValid: boolean) {
      if (length >> 3 === bits.length) {
        const larger = new Uint8Array(bits.length * 2).fill(255);
        larger.set(bits);
        bits = larger;
      }
      if (!isValid) {
        bits[length >> 3] = (bits[length >> 3] ?? 0) & ~(1 << (length & 7));
        nullCount++;
      }
      length++;
    },
    finish: () => ({ nullCount, nullBitmap: bits.subarray(0, (length + 7) >> 3) }),
    reset() {
      bits.fill(255);
      length = 0;
      nullCount = 0;
    },
  };
}
