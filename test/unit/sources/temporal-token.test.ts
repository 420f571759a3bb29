import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { temporalToken } from '../../../sources/secrets/temporal-token.js';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wc-token-'));
  file = join(folder, 'token');
  writeFileSync(file, 'first\n');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a token that is a value is left to the SDK', async () => {
  expect(await temporalToken({ TEMPORAL_API_KEY: 'eyJ' })).toBeUndefined();
  expect(await temporalToken({})).toBeUndefined();
});

test('a file is read again, and each change is passed on once', async () => {
  const changes: string[] = [];
  const token = await temporalToken({ TEMPORAL_API_KEY_FILE: file }, { every: 5 });
  expect(token?.value()).toBe('first');
  const stop = token?.follow((changed) => void changes.push(changed));
  writeFileSync(file, 'second');
  await expect.poll(() => changes).toEqual(['second']);
  writeFileSync(file, 'third\n');
  await expect.poll(() => changes).toEqual(['second', 'third']);
  expect(token?.value()).toBe('third');
  stop?.();
});

test('a place in Secrets Manager is read again', async () => {
  const asked: unknown[] = [];
  const values = ['first', 'first', 'second'];
  const token = await temporalToken(
    { TEMPORAL_API_KEY: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:temporal-AbCdEf#token' },
    {
      every: 1,
      read: async (place) => {
        asked.push(place);
        return values[Math.min(asked.length, values.length) - 1] ?? '';
      },
    },
  );
  expect(token?.value()).toBe('first');
  const stop = token?.follow(() => undefined);
  await expect.poll(() => token?.value()).toBe('second');
  stop?.();
  expect(asked[0]).toEqual({
    id: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:temporal-AbCdEf',
    key: 'token',
    region: 'eu-central-1',
  });
});

test('what cannot be read later leaves the token as it is, and is said; the next one that can be is taken', async () => {
  const failures: string[] = [];
  const token = await temporalToken({ TEMPORAL_API_KEY_FILE: file }, { every: 5 });
  const stop = token?.follow(
    () => undefined,
    (message) => void failures.push(message),
  );
  rmSync(file);
  await expect.poll(() => failures.at(-1)).toMatch(/TEMPORAL_API_KEY_FILE: cannot read .*ENOENT/);
  writeFileSync(file, ' \n');
  await expect.poll(() => failures.at(-1)).toMatch(/is empty: put the token of Temporal there/);
  expect(token?.value()).toBe('first');
  writeFileSync(file, 'second');
  await expect.poll(() => token?.value()).toBe('second');
  stop?.();
});

test('a connection that does not take the token is given it again', async () => {
  const failures: string[] = [];
  let tries = 0;
  const token = await temporalToken({ TEMPORAL_API_KEY_FILE: file }, { every: 5 });
  const stop = token?.follow(
    () => {
      if (++tries < 3) throw new Error('not now');
    },
    (message) => void failures.push(message),
  );
  writeFileSync(file, 'second');
  await expect.poll(() => token?.value()).toBe('second');
  stop?.();
  expect([tries, failures]).toEqual([3, ['not now', 'not now']]);
});

test('a process does not start without the token, or with two of them', async () => {
  await expect(temporalToken({ TEMPORAL_API_KEY_FILE: join(folder, 'none') })).rejects.toThrow(
    /TEMPORAL_API_KEY_FILE: cannot read .*none/,
  );
  await expect(temporalToken({ TEMPORAL_API_KEY_FILE: file, TEMPORAL_API_KEY: 'x' })).rejects.toThrow(
    'TEMPORAL_API_KEY and TEMPORAL_API_KEY_FILE are both set: keep one',
  );
});
