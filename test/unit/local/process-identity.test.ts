import { expect, test } from 'vitest';
import { linuxProcessStart } from '../../../local/setup/process-start.mjs';
import { identify, isSameProcess } from '../../../local/supervisor/process-identity.js';

test('a process is known again, another with its pid is not', () => {
  const own = identify(process.pid);
  expect(own && isSameProcess(own)).toBe(true);
  expect(isSameProcess({ pid: process.pid, startedAt: '1' })).toBe(false);
});

test('a name with blanks and brackets does not shift the fields', () => {
  const rest = ['S', ...Array.from({ length: 18 }, (_, index) => String(index)), '4242', '0'];
  expect(linuxProcessStart(`12 (a) b (c) ${rest.join(' ')}`)).toBe('4242');
});

test('a zombie is no process', () => {
  expect(linuxProcessStart('12 (node) Z 1 1 1')).toBeUndefined();
});
