import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/eventually.js';
import { type FileStack, fileStack } from '../support/file-stack.js';
import { packed, type Packed, passes, run } from '../support/packed-project.js';

const socket = '/var/run/docker.sock';
const image = `waterclock-project-${randomBytes(4).toString('hex')}`;
/** what the image has of its own */
const ownSettings = [
  'WATERCLOCK_DBT',
  'WATERCLOCK_DBT_PROJECT_DIR',
  'WATERCLOCK_PROJECT',
  'WATERCLOCK_GRACE_SECONDS',
  'TMPDIR',
];

let packages: Packed;
let stack: FileStack;
const shop = createServer();

beforeAll(async () => {
  if (!existsSync(socket)) return;
  packages = await packed();
  stack = await fileStack();
}, 900_000);

afterAll(async () => {
  if (!existsSync(socket)) return;
  shop.close();
  await run('/', 'docker', 'rm', '--force', image);
  await run('/', 'docker', 'image', 'rm', image);
  await stack.close();
  packages.close();
}, 900_000);

// downloads and layers take minutes
const timeout = 3_600_000;

test.skipIf(!existsSync(socket))(
  `the image of a project loads and builds, also after it was stopped in the middle (skipped without ${socket})`,
  { timeout },
  async () => {
    await passes(packages.empty, 'npx', 'waterclock', 'init', 'shop');
    const project = join(packages.empty, 'shop');
    await passes(project, 'npm', 'install');
    await passes(project, 'docker', 'build', '--network=host', '--tag', image, '.');

    const { orders } = JSON.parse(readFileSync(join(project, 'pipelines/orders/sample/orders.json'), 'utf8')) as {
      orders: { updated_at: string }[];
    };
    let isHeld = true;
    let asked = 0;
    shop.on('request', ({ url = '' }, response) => {
      asked += 1;
      const at = new URL(url, 'http://shop').searchParams;
      const [from = 0, to = 0] = ['updated_from', 'updated_to'].map((name) => Date.parse(at.get(name) ?? ''));
      if (isHeld && from === Date.parse('2026-01-05T09:00Z')) return;
      const chosen = orders.filter(({ updated_at: time }) => {
        const changed = Date.parse(time);
        return changed >= from && changed < to;
      });
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ orders: chosen }));
    });
    shop.listen(0, '127.0.0.1');
    await once(shop, 'listening');

    const given = Object.entries({
      ...stack.environment,
      WATERCLOCK_SOURCE_ORDERS: `http://127.0.0.1:${(shop.address() as AddressInfo).port}/v1/orders`,
    }).filter(([name]) => !ownSettings.includes(name));
    const file = join(packages.folder, 'environment');
    writeFileSync(file, given.map(([name, value]) => `${name}=${value}`).join('\n'));
    const container = [
      'run',
      '--network=host',
      '--read-only',
      '--tmpfs',
      '/tmp',
      '--cap-drop',
      'ALL',
      '--env-file',
      file,
    ];
    const waterclock = (...args: string[]) => passes('/', 'docker', ...container, '--rm', image, 'waterclock', ...args);
    const startWorker = async () => {
      await passes(
        '/',
        'docker',
        ...container,
        '--detach',
        '--name',
        image,
        image,
        'node',
        'node_modules/waterclock/worker/main.js',
      );
      await eventually(async () => (await run('/', 'docker', 'logs', image)).output.includes('worker ready'));
    };

    await waterclock('setup');
    await startWorker();
    expect(await passes('/', 'docker', 'exec', image, 'id', '-u')).toBe('1000\n');
    await waterclock('run', 'orders', '--interval', '2026-01-05T08:00Z', '--wait');

    // one that waits for its source when the container is stopped
    asked = 0;
    await waterclock('run', 'orders', '--interval', '2026-01-05T09:00Z');
    await eventually(() => asked > 0);
    await passes('/', 'docker', 'stop', '--time', '60', image);
    expect(await passes('/', 'docker', 'inspect', '--format', '{{.State.ExitCode}}', image)).toBe('0\n');
    await passes('/', 'docker', 'rm', image);
    isHeld = false;
    await startWorker();
    const goesOn = ['show', 'orders-2026-01-05T10:00:00Z', '--json'];
    await eventually(async () => (await waterclock(...goesOn)).includes('"status":"completed"'));

    const loaded = await waterclock('query', 'select count(*) as n from orders.orders', '--json');
    const inTheTwoHours = orders.filter(({ updated_at: time }) => /^2026-01-05T0[89]/.test(time));
    expect(loaded).toContain(`"n":${inTheTwoHours.length}`);
    expect(await waterclock('query', 'select count(*) as n from marts.sales_by_hour', '--json')).not.toContain('"n":0');
  },
);
