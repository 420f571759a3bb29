import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { redactor } from '../../../model/redact.js';
import { secretPlace } from '../../../model/secret-place.js';
import { apiKey, bearer, http, nextUrl, oauth2ClientCredentials, secret } from '../../../sources/declare.js';
import type { HttpAuth } from '../../../model/http-source.js';
import { sourceSession } from '../../../sources/http/session.js';
import { openSource } from '../../../sources/open-source.js';
import { secretsOf } from '../../../sources/secrets/secrets.js';
import { secretsManagerServer, type SecretsManagerServer } from '../../support/secrets-manager-server.js';
import { collect, interval, never, readAll } from './contract.js';
import { faultyServer, type FaultyServer } from './faulty-server.js';

const arn = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:prod/shop-AbCdEf';

let manager: SecretsManagerServer;
let folder: string;
let clock: number;
let redact: ReturnType<typeof redactor>;
beforeEach(async () => {
  manager = await secretsManagerServer();
  folder = mkdtempSync(join(tmpdir(), 'secrets-'));
  clock = 1_000_000;
  redact = redactor({});
  for (const [name, value] of Object.entries({
    AWS_ENDPOINT_URL_SECRETS_MANAGER: manager.url,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'tester',
    AWS_SECRET_ACCESS_KEY: 'of-the-test',
  }))
    vi.stubEnv(name, value);
});
afterEach(() => {
  manager.close();
  rmSync(folder, { recursive: true });
  vi.unstubAllEnvs();
});

const envFile = () => join(folder, '.env');
const secretsIn = (environment: Record<string, string>) =>
  secretsOf({ environment, envFile: envFile(), redact, now: () => clock });

async function valueOf(name: string, environment: Record<string, string> = {}): Promise<string> {
  const secrets = secretsIn(environment);
  await secrets.load([name]);
  return secrets.value(name);
}

describe('a value is found', () => {
  test('in the environment, before .env', async () => {
    writeFileSync(envFile(), 'SHOP_TOKEN=of-the-file\n');
    expect(await valueOf('SHOP_TOKEN', { SHOP_TOKEN: 'of-the-environment\n' })).toBe('of-the-environment');
  });
  test('in .env of the project', async () => {
    writeFileSync(envFile(), '# ours\nSHOP_TOKEN="of the file"\n');
    expect(await valueOf('SHOP_TOKEN')).toBe('of the file');
  });
  test.each([
    ['by name', 'secretsmanager:prod/shop', 'prod/shop', 'whole value'],
    ['by ARN', arn, arn, 'whole value'],
    ['a member of JSON', 'secretsmanager:prod/shop#token', 'prod/shop', '{"token":"whole value","other":1}'],
    ['a member of JSON by ARN', `${arn}#token`, arn, '{"token":"whole value"}'],
  ])('in Secrets Manager: %s', async (_, name, id, value) => {
    manager.secrets.set(id, value);
    expect(await valueOf(name)).toBe('whole value');
    expect(await valueOf('SHOP_TOKEN', { SHOP_TOKEN: name })).toBe('whole value');
    expect(redact('it is whole value')).toBe('it is ***');
  });
});

test('a place is no secret: messages name it', () => {
  expect(redactor({ SHOP_TOKEN: `${arn}#token`, OTHER_TOKEN: 'planted-1' })(`${arn} planted-1`)).toBe(`${arn} ***`);
  expect(secretPlace('arn:aws:s3:::bucket')).toBeUndefined();
});

test.each([
  ['has no value anywhere', 'SHOP_TOKEN', 'SecretMissing', 'SHOP_TOKEN is not set, or empty'],
  ['is not in Secrets Manager', 'secretsmanager:prod/none', 'SecretMissing', 'prod/none'],
  ['has no such member', 'secretsmanager:prod/shop#none', 'SecretMissing', 'no text or number at #none'],
  ['is not JSON', 'secretsmanager:prod/plain#token', 'SecretMissing', 'is not JSON'],
  ['may not be read', 'secretsmanager:prod/locked', 'SecretRefused', 'AccessDeniedException'],
])('a secret that %s fails at once, and shows no value', async (_, name, type, message) => {
  manager.secrets.set('prod/shop', '{"token":"planted-value"}');
  manager.secrets.set('prod/plain', 'planted-value');
  manager.secrets.set('prod/locked', { error: 'AccessDeniedException' });
  const error = await valueOf(name).then(
    () => expect.unreachable('it was found'),
    (error: Error) => error,
  );
  expect(error).toMatchObject({ name: type, message: expect.stringContaining(message) as string });
  expect(`${error.message} ${error.stack} ${JSON.stringify(error.cause ?? null)}`).not.toContain('planted');
});

test('all that are missing are named at once', async () => {
  await expect(secretsIn({}).load(['A', 'B'])).rejects.toThrow('A, B are not set, or empty');
});

test('a value is read once for all that ask at a time, and again after five minutes', async () => {
  manager.secrets.set('prod/shop', 'first');
  const secrets = secretsIn({});
  const name = 'secretsmanager:prod/shop';
  await Promise.all([secrets.load([name]), secrets.load([name])]);
  clock += 299_000;
  await secrets.load([name]);
  expect(manager.asked).toEqual(['prod/shop']);
  manager.secrets.set('prod/shop', 'second');
  clock += 1_000;
  await secrets.load([name]);
  expect(secrets.value(name)).toBe('second');
  expect(secrets.valuesOf(name)).toEqual(['second', 'first']);
  // what was rotated is hidden still
  expect(redact('first second')).toBe('*** ***');
});

test('Secrets Manager that is away stops nobody who has the value', async () => {
  manager.secrets.set('prod/shop', 'first');
  const secrets = secretsIn({});
  const name = 'secretsmanager:prod/shop';
  await secrets.load([name]);
  manager.secrets.set('prod/shop', { error: 'InternalServiceError', status: 500 });
  clock += 300_000;
  await secrets.load([name]);
  expect(secrets.value(name)).toBe('first');
  await expect(secretsIn({}).load([name])).rejects.toMatchObject({ name: 'TransientError' });
});

describe('rotation without a restart', () => {
  let server: FaultyServer;
  let accepted: string;
  beforeEach(async () => {
    server = await faultyServer();
    accepted = 'token-one';
    manager.secrets.set('prod/shop', 'token-one');
    server.handle = (request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '', server.url);
      const given = request.headers.authorization ?? searchParams.get('key') ?? '';
      if (pathname === '/token') {
        const basicOf = Buffer.from(`client:${accepted}`).toString('base64');
        if (given !== `Basic ${basicOf}`) return response.writeHead(401).end();
        return response.end('{"access_token":"access-1","expires_in":1}');
      }
      const fits = [`Bearer ${accepted}`, accepted, 'Bearer access-1'].includes(given);
      if (!fits) return response.writeHead(401).end(`no: ${given}`);
      const page = Number(searchParams.get('page') ?? 1);
      // it repeats the key, as some do
      const next = page < 3 ? `/?page=${page + 1}&key=${given}` : undefined;
      return response.end(JSON.stringify({ items: [page], next }));
    };
  });
  afterEach(() => server.close());

  const token = secret('secretsmanager:prod/shop');
  const open = (auth: HttpAuth) => {
    const secrets = secretsOf({ environment: {}, redact, now: () => clock });
    const source = http({ url: server.url, auth, pages: nextUrl('next'), records: { form: 'json', at: 'items' } });
    return openSource(source, { session: sourceSession({}, redact, secrets), firstWait: 1 });
  };

  test.each([
    ['a bearer', bearer(token)],
    ['a key in the query', apiKey({ query: 'key' }, token)],
  ])('%s that a server refuses is read again, and the page is asked for again', async (_, auth) => {
    vi.spyOn(Date, 'now').mockImplementation(() => clock);
    const places: unknown[] = [];
    for await (const { after } of open(auth).list(interval, never)) {
      places.push(after);
      if (places.length > 1) continue;
      clock += 20_000;
      accepted = 'token-two';
      manager.secrets.set('prod/shop', 'token-two');
    }
    expect(places).toHaveLength(3);
    expect(JSON.stringify(places)).not.toMatch(/token-(one|two)/);
    expect(manager.asked).toHaveLength(2);
    expect(server.requests).toHaveLength(4);
  });

  test('one that is refused for good is not read again and again', async () => {
    vi.spyOn(Date, 'now').mockImplementation(() => clock);
    accepted = 'another';
    const driver = open(bearer(token));
    for (let times = 0; times < 3; times++) await expect(readAll(driver)).rejects.toThrow('HTTP 401: no: Bearer ***');
    clock += 20_000;
    await expect(readAll(driver)).rejects.toThrow('HTTP 401');
    expect(manager.asked).toHaveLength(2);
    expect(server.requests).toHaveLength(4);
  });

  test('the secret of an OAuth2 client', async () => {
    vi.spyOn(Date, 'now').mockImplementation(() => clock);
    const auth = oauth2ClientCredentials({
      tokenUrl: `${server.url}/token`,
      clientId: 'client',
      clientSecret: token,
    });
    const driver = open({ ...auth, client: 'basic' } as HttpAuth);
    expect(await collect(driver.list(interval, never))).toHaveLength(3);
    accepted = 'token-two';
    manager.secrets.set('prod/shop', 'token-two');
    clock += 20_000;
    expect(await collect(driver.list(interval, never))).toHaveLength(3);
  });
});
