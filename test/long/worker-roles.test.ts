import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../local/ports.js';
import { metricNames } from '../../worker/step-metrics.js';
import { world, type World } from '../support/world.js';

let service: World;
let folder: string;
let metrics: string;
let metricsOfWorkflows: string;

beforeAll(async () => {
  service = await world();
  folder = await mkdtemp(join(tmpdir(), 'waterclock-roles-'));
  metrics = `127.0.0.1:${await freePort()}`;
  metricsOfWorkflows = `127.0.0.1:${await freePort()}`;
  const workflows = {
    WATERCLOCK_ROLES: 'workflows',
    WATERCLOCK_HEALTH_FILE: join(folder, 'workflows.json'),
    WATERCLOCK_METRICS_ADDRESS: metricsOfWorkflows,
  };
  const steps = {
    WATERCLOCK_ROLES: 'ingest,warehouse,transform',
    WATERCLOCK_HEALTH_FILE: join(folder, 'steps.json'),
    WATERCLOCK_METRICS_ADDRESS: metrics,
  };
  await Promise.all([service.startWorker(workflows), service.startWorker(steps)]);
  const run = await service.waterclock('run', 'readings', '--interval', '2018-02-01T00:00Z', '--dbt', 'skip', '--wait');
  expect(run.json).toMatchObject({ status: 'completed' });
}, 90_000);

afterAll(async () => {
  await service?.close();
  await rm(folder, { recursive: true, force: true });
});

test.each(['workflows', 'steps'])('the worker that takes %s is healthy by its own note', async (which) => {
  const file = join(folder, `${which}.json`);
  await expect.poll(() => readFile(file, 'utf8').catch(() => ''), { timeout: 15_000 }).toContain('"notPolled":[]');
  expect(await health(file)).toEqual({ code: 0, says: 'running and polling\n' });
});

test('a worker that has left no note is not healthy', async () => {
  expect(await health(join(folder, 'none.json'))).toEqual({ code: 1, says: 'no note of a worker yet\n' });
});

test('what a run read and loaded is served to Prometheus beside the metrics of the SDK', async () => {
  const text = await (await fetch(`http://${metrics}/metrics`)).text();
  const value = (name: string) =>
    Number(new RegExp(`^${name}_total\\{[^}]*pipeline="readings"[^}]*\\} (\\d+)$`, 'm').exec(text)?.[1]);
  expect(value(metricNames.records)).toBeGreaterThan(0);
  expect(value(metricNames.loaded)).toBe(value(metricNames.records));
  expect(value(metricNames.runs)).toBe(1);
  expect(text).toContain('temporal_activity_schedule_to_start_latency');
});

test('every metric that the dashboard and the alerts name is one that a worker serves', async () => {
  const served = new Set<string | undefined>();
  for (const address of [metrics, metricsOfWorkflows]) {
    const text = await (await fetch(`http://${address}/metrics`)).text();
    for (const [, name] of text.matchAll(/^([a-z_]+)\{/gm)) served.add(name);
  }
  const names = ['infra/grafana/dashboards/waterclock.json', 'infra/prometheus/alerts.yml'].flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/\b(?:waterclock|temporal)_[a-z_]+(?=[{[)])/g)].map(([name]) => name),
  );
  // served once something has failed or was rejected
  const later = [`${metricNames.failures}_total`, `${metricNames.rejected}_total`, 'temporal_request_failure_total'];
  const unknown = [...new Set(names)].filter((name) => !served.has(name) && !later.includes(name));
  expect(names.length).toBeGreaterThan(10);
  expect(unknown).toEqual([]);
});

function health(file: string): Promise<{ code: number; says: string }> {
  const environment = { ...process.env, WATERCLOCK_HEALTH_FILE: file };
  return new Promise((resolve) => {
    const program = [process.execPath, ['--import', 'tsx', 'worker/health.ts'], { env: environment }] as const;
    const child = execFile(...program, (_, says) => resolve({ code: child.exitCode ?? -1, says }));
  });
}
