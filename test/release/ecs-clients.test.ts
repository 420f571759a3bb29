import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEcsLocal, type EcsLocal } from '../../ecs-local/index.js';
import { pythonVenv } from '../../local/setup/python-venv.mjs';

const folder = join(import.meta.dirname, 'ecs-clients');
let local: EcsLocal;
/** by what the name of its file begins with */
let pythons: { dagster: string; other: string };
let home: string;

beforeAll(async () => {
  pythons = {
    dagster: await pythonVenv('dagster', process.env),
    other: await pythonVenv('clients', process.env),
  };
  home = mkdtempSync(join(tmpdir(), 'ecs-clients-'));
  local = await startEcsLocal({
    region: 'eu-central-1',
    images: { etl: { folder: resolve('test/support') } },
    environment: { PATH: process.env['PATH'] ?? '' },
  });
  local.createLogGroup('/tasks');
  const options = { 'awslogs-group': '/tasks', 'awslogs-region': 'eu-central-1', 'awslogs-stream-prefix': 'task' };
  for (const [family, image] of Object.entries({ etl: 'etl:1', absent: 'not-there:1' }))
    local.register({
      family,
      requiresCompatibilities: ['FARGATE'],
      networkMode: 'awsvpc',
      cpu: '256',
      memory: '512',
      executionRoleArn: 'arn:aws:iam::000000000000:role/execution',
      containerDefinitions: [{ name: 'main', image, logConfiguration: { logDriver: 'awslogs', options } }],
    });
}, 900_000);
afterAll(async () => {
  await local?.close();
  if (home) rmSync(home, { recursive: true });
});

/** unmodified: the standard variables say where the services are */
function run(command: string, args: string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(command, args, {
    cwd: home,
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      AIRFLOW_HOME: home,
      AWS: join(dirname(pythons.other), 'aws'),
      AWS_ENDPOINT_URL_ECS: local.url,
      AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: local.url,
      AWS_REGION: 'eu-central-1',
      AWS_DEFAULT_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      NO_PROXY: '127.0.0.1',
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += String(text)));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
}

test.each(readdirSync(folder))('%s', async (file) => {
  const python = file.startsWith('dagster') ? pythons.dagster : pythons.other;
  const { code, output } = await run(file.endsWith('.sh') ? 'sh' : python, [join(folder, file)]);
  expect(code, output).toBe(0);
});
