import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** byte ranges of whole lines, of about so many bytes */
export function cutParts(file: string, bytes: number): { start: number; end: number }[] {
  const descriptor = openSync(file, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const probe = Buffer.alloc(1024 * 1024);
    const parts: { start: number; end: number }[] = [];
    for (let start = 0; start < size;) {
      let end = Math.min(size, start + bytes);
      if (end < size) end += probe.subarray(0, readSync(descriptor, probe, 0, probe.length, end)).indexOf(10) + 1;
      parts.push({ start, end });
      start = end;
    }
    return parts;
  } finally {
    closeSync(descriptor);
  }
}
