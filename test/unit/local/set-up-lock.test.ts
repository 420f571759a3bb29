import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

test('what a killed process left is taken over', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'waterclock-lock-'));
  const [lock, file] = [join(folder, 'lock'), join(folder, 'count')];
  for (const left of ['', '{"pid":1,"startedAt":"never"}']) {
    writeFileSync(lock, left);
    writeFileSync(file, '0');
    await once(spawn(process.execPath, ['test/support/count-under-lock.mjs', lock, file, '1']), 'exit');
    expect(readFileSync(file, 'utf8')).toBe('1');
  }
  rmSync(folder, { recursive: true });
});

test('one process at a time, however many want it at once', { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'waterclock-lock-'));
  const [lock, file] = [join(folder, 'lock'), join(folder, 'count')];
  writeFileSync(file, '0');
  const script = 'test/support/count-under-lock.mjs';
  const children = Array.from({ length: 6 }, () => spawn(process.execPath, [script, lock, file, '20']));
  await Promise.all(children.map((child) => once(child, 'exit')));
  expect(readFileSync(file, 'utf8')).toBe('120');
  rmSync(folder, { recursive: true });
});
