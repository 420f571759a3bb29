import { mkdtempSync, mkdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startOptions, stateName } from '../../../local/start/options.js';

let folder: string;
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'options-')));
  mkdirSync(join(folder, 'My Data'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('--data counts from where the user stands', () => {
  const { data, state } = startOptions(['--data', 'My Data'], {}, folder);
  expect(data).toBe(join(folder, 'My Data'));
  expect(state).toMatch(/\.waterclock\/data-my-data-[0-9a-f]{8}$/);
});

test('each input has a state of its own', () => {
  const names = [stateName(false), stateName(true), stateName(false, '/a/data'), stateName(false, '/b/data')];
  expect(new Set(names).size).toBe(4);
  expect(names.slice(0, 2)).toEqual(['sample', 'live']);
});

test.each([
  [['--data', 'none'], 'there is no such folder'],
  [['--data', 'My Data', '--live'], '--live and --data exclude each other'],
  [['--port-s3', 'x'], '--port-s3 must be a port, 1 to 65535, got x'],
  [['--nonsense'], "Unknown option '--nonsense'"],
])('%j is refused', (args, message) => {
  expect(() => startOptions(args, {}, folder)).toThrow(message);
});

test('a port is asked for by an option or by the environment', () => {
  const own = { WATERCLOCK_PORT_TEMPORAL: '7300', WATERCLOCK_PORT_S3: '9100' };
  expect(startOptions(['--port-temporal', '7301'], own, folder).asked).toEqual({ temporal: 7301, s3: 9100 });
});
