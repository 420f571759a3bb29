import { mkdtempSync, mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { examples } from '../../../local/paths.js';
import { completeOptions, startOptions, stateName } from '../../../local/start/options.js';

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

test('each project and input has a state of its own', () => {
  const inputs: [boolean, string?][] = [[false], [true], [false, '/a/data'], [false, '/b/data']];
  const names = [undefined, '/a/project', '/b/project'].flatMap((project) =>
    inputs.map(([isLive, data]) => stateName(isLive, data, project)),
  );
  expect(new Set(names).size).toBe(12);
  expect(names.slice(0, 2)).toEqual(['sample', 'live']);
});

test.each([
  [['--data', 'none'], 'there is no such folder'],
  [['--project', 'My Data'], 'it has no waterclock.config.ts'],
  [['--data', 'My Data', '--live'], '--live and --data exclude each other'],
  [['--port-s3', 'x'], '--port-s3 must be a port, 1 to 65535, got x'],
  [['--nonsense'], "Unknown option '--nonsense'"],
])('%j is refused', (args, message) => {
  expect(() => startOptions(args, {}, folder)).toThrow(message);
});

test('a project is asked for by an option or by the environment; the one that ships otherwise', () => {
  const other = join(folder, 'other');
  mkdirSync(other);
  writeFileSync(join(other, 'waterclock.config.ts'), '');
  expect(startOptions([], {}, folder).project).toBe(examples);
  expect(startOptions(['--project', 'other'], {}, folder)).toMatchObject({
    project: other,
    state: expect.stringMatching(/\.waterclock\/other-[0-9a-f]{8}-sample$/) as unknown,
  });
  expect(startOptions([], { WATERCLOCK_PROJECT: other }, '/').project).toBe(other);
});

test('in its own folder of states a project needs no name', () => {
  const home = join(folder, '.waterclock');
  const options = completeOptions({ fresh: true, port: () => undefined }, {}, '/', { project: folder, home });
  expect(options).toMatchObject({ home, state: join(home, 'sample'), fresh: true, exit: false, live: false });
  expect(completeOptions({ port: () => '7301' }, {}, '/', { project: folder, home }).asked.temporal).toBe(7301);
});

test('a port is asked for by an option or by the environment', () => {
  const own = { WATERCLOCK_PORT_TEMPORAL: '7300', WATERCLOCK_PORT_S3: '9100' };
  expect(startOptions(['--port-temporal', '7301'], own, folder).asked).toEqual({ temporal: 7301, s3: 9100 });
});
