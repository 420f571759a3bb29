import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { Context } from '../../../control/context.js';
import { defineEntity } from '../../../define/entity.js';
import { airbyte, secret, singer } from '../../../sources/declare.js';
import {
  connectorsCheckCommand,
  connectorsDiscoverCommand,
  connectorsInstallCommand,
  connectorsListCommand,
} from '../../../starter/commands/connectors.js';
import { fakeConnectors } from '../../support/fake-connectors.js';
import { tinyPipeline } from '../../support/tiny-pipeline.js';

const home = mkdtempSync(join(tmpdir(), 'waterclock-connectors-'));
beforeAll(() => {
  fakeConnectors(home);
  writeFileSync(join(home, '.env'), 'SHOP_TOKEN=planted-token\n');
});
afterAll(() => rmSync(home, { recursive: true }));

const rows = defineEntity({
  name: 'rows',
  mode: 'append',
  schema: z.object({ id: z.int32() }),
  when: { $stream: 'orders' },
});
const reading = (name: string, source: ReturnType<typeof airbyte>) =>
  tinyPipeline({ name, source, entities: [rows], schedule: { every: '1 day', start: '2026-01-01T00:00:00Z' } });
const fake = (config: object) =>
  airbyte({ command: 'source-fake', streams: ['orders'], config: { token: secret('SHOP_TOKEN'), ...config } });
const pipelines = [
  reading('well', fake({})),
  reading('refused', fake({ refused: true })),
  reading('broken', fake({ trace: { message: 'wrong key planted-token', failure_type: 'config_error' } })),
  reading('tapped', singer({ tap: 'fake-tap', streams: { orders: { sync: 'incremental' } } })),
  reading('packaged', airbyte({ package: 'airbyte-source-shop==1.2.3', streams: ['orders'] })),
  tinyPipeline({ name: 'asked' }),
];

type Run = (context: Context, options: { json?: true }, ...args: never[]) => Promise<number>;

async function told(command: { run: unknown }, args: unknown[], options: object = {}) {
  const printed: string[] = [];
  const said: string[] = [];
  const context = {
    terminal: {
      print: (text: string) => void printed.push(text),
      say: (text: string) => void said.push(text),
      paint: (_: string, text: string) => text,
      width: () => 200,
    },
    pipelines: async () => pipelines,
    projectPlace: () => ({ folder: home }),
    variables: () => ({ PATH: process.env['PATH'], WATERCLOCK_CONNECTORS: home }),
    takeSignals: () => undefined,
  };
  const code = await (command.run as Run)(context as unknown as Context, options, ...(args as never[]));
  return { code, printed: printed.join('\n'), said: said.join('\n') };
}

test('a check prints what the connector said of its config, and no secret of its logs', async () => {
  const { code, printed, said } = await told(connectorsCheckCommand, ['well']);
  expect(code).toBe(0);
  expect(printed).toMatch(/^ok {2}well {2}source-fake/);
  expect(said).toBe('trying ***');
});

test.each([
  ['refused', 'the key *** was refused'],
  ['broken', 'source-fake: wrong key ***'],
])('a check of %s exits with 1, and prints the message with its remedy', async (name, message) => {
  const { code, printed } = await told(connectorsCheckCommand, [name], { json: true });
  expect(code).toBe(1);
  expect(JSON.parse(printed)).toEqual({
    pipeline: name,
    program: 'source-fake',
    ok: false,
    message,
    remedy: expect.stringContaining('check `config`') as string,
  });
});

test('a tap is checked by listing its streams', async () => {
  const { code, printed } = await told(connectorsCheckCommand, ['tapped']);
  expect([code, printed]).toEqual([0, 'ok  tapped  fake-tap  it listed 2 streams; a tap has no check of its own']);
});

test.each(['well', 'tapped'])(
  'discover of %s lists streams with key, cursor, modes, and how they are read',
  async (name) => {
    const { code, printed } = await told(connectorsDiscoverCommand, [name]);
    expect(code).toBe(0);
    const read = name === 'well' ? 'full_refresh' : 'incremental';
    expect(printed).toMatch(new RegExp(`orders +id +id +full_refresh, incremental +2 +${read}`));
    expect(printed).toMatch(/people +id +id +full_refresh, incremental +2 +-/);
  },
);

test('discover as JSON has the schema of each stream', async () => {
  const { printed } = await told(connectorsDiscoverCommand, ['well'], { json: true });
  expect(JSON.parse(printed)).toMatchObject([
    { name: 'orders', key: [['id']], cursor: ['id'], read: 'full_refresh', schema: { properties: { id: {} } } },
    { name: 'people', read: null },
  ]);
});

test('a pipeline without a connector is refused', async () => {
  await expect(told(connectorsCheckCommand, ['asked'])).rejects.toMatchObject({
    exitCode: 2,
    message: 'asked has no connector: its source is http-json',
  });
});

test('a package that is not installed is named with its remedy, and not taken from PATH', async () => {
  const { code, printed, said } = await told(connectorsListCommand, []);
  expect(code).toBe(1);
  expect(printed).toMatch(/packaged +source-shop +airbyte-source-shop==1.2.3 +missing/);
  expect(said).toBe(
    `packaged: the package airbyte-source-shop==1.2.3 is not installed in ${home}\nthen: waterclock connectors install`,
  );
  const checked = await told(connectorsCheckCommand, ['packaged']);
  expect([checked.code, checked.printed]).toEqual([1, expect.stringContaining('`waterclock connectors install`')]);
});

test('install --dry-run names each package once, and where it would be', async () => {
  const { printed } = await told(connectorsInstallCommand, [[]], { dryRun: true });
  expect(printed).toMatch(
    new RegExp(`^airbyte-source-shop==1.2.3  would be installed  ${home}/airbyte-source-shop-1.2.3-[0-9a-f]{8}$`),
  );
});
