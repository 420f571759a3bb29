import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { bearer, http, secret } from '../../../sources/declare.js';
import { secretsCommand } from '../../../starter/commands/secrets.js';
import type { Context } from '../../../control/context.js';
import { secretsManagerServer, type SecretsManagerServer } from '../../support/secrets-manager-server.js';
import { tinyPipeline } from '../../support/tiny-pipeline.js';

let folder: string;
let manager: SecretsManagerServer;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waterclock-secrets-'));
  manager = await secretsManagerServer();
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', manager.url);
  for (const name of ['AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) vi.stubEnv(name, 'eu-central-1');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  manager.close();
  vi.unstubAllEnvs();
});

const asking = (name: string, ...names: string[]) =>
  tinyPipeline({
    name,
    source: http({
      url: 'https://example.com/',
      auth: bearer(secret(names[0] ?? '')),
      headers: Object.fromEntries(names.slice(1).map((one, at) => [`x-${at}`, secret(one)])),
    }),
  });

async function told(pipelines: unknown[], variables: Record<string, string>, options = {}) {
  const said: string[] = [];
  const say = (text: string) => void said.push(text);
  const context = {
    terminal: { print: say, say, width: () => 200 },
    pipelines: async () => pipelines,
    projectPlace: () => ({ folder }),
    variables: () => variables,
  };
  const code = await secretsCommand.run(context as unknown as Context, options);
  return { code, said: said.join('\n') };
}

test('lists each name, who needs it and where it is found, and never a value', async () => {
  writeFileSync(join(folder, '.env'), 'CRM_KEY=planted-2\n');
  manager.secrets.set('prod/pay', '{"key":"planted-3"}');
  const pipelines = [asking('orders', 'SHOP_TOKEN', 'CRM_KEY'), asking('refunds', 'SHOP_TOKEN', 'PAY_KEY')];
  const variables = { SHOP_TOKEN: 'planted-1', PAY_KEY: 'secretsmanager:prod/pay#key' };
  const { code, said } = await told(pipelines, variables);
  expect(code).toBe(0);
  expect(said).toMatch(/SHOP_TOKEN +environment +orders, refunds/);
  expect(said).toMatch(/CRM_KEY +\.env +orders/);
  expect(said).toMatch(/PAY_KEY +Secrets Manager: prod\/pay#key, by environment +refunds/);
  expect(said).not.toContain('planted');
});

test('exits with 1 when one is missing, in Secrets Manager too', async () => {
  const pipelines = [asking('orders', 'SHOP_TOKEN', 'secretsmanager:prod/none')];
  const { code, said } = await told(pipelines, {}, { json: true });
  expect(code).toBe(1);
  expect(JSON.parse(said)).toEqual([
    { secret: 'SHOP_TOKEN', pipelines: ['orders'], found: null },
    { secret: 'secretsmanager:prod/none', pipelines: ['orders'], found: null },
  ]);
});

test('what this role may not read is not called missing', async () => {
  manager.secrets.set('prod/locked', { error: 'AccessDeniedException' });
  const { code, said } = await told([asking('orders', 'secretsmanager:prod/locked')], {});
  expect(code).toBe(0);
  expect(said).toMatch(/not checked: Secrets Manager: prod\/locked: .*AccessDeniedException/);
});

test('a project that needs none says so', async () => {
  const { code, said } = await told([tinyPipeline()], {});
  expect(code).toBe(0);
  expect(said).toContain('need no secrets');
});
