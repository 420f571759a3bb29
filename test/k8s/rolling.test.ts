import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { backfillId } from '../../model/names.js';
import { type FileStack, fileStack } from '../support/file-stack.js';
import { type KubeApi, kubeApi } from './api.js';
import { builtImage } from './built-image.js';
import { chartValues, secretNames } from './chart-values.js';
import { type Helm, helmIn } from './helm.js';
import { type Namespace, newNamespace } from './namespace.js';
import { type Event, type ProcessNode, processNode } from './node/node.js';

// the chart's pods as processes, with the commands, variables, probes and grace that it gives them

const hours = 30;
const range = { from: '2018-02-02T00:00:00Z', to: '2018-02-03T06:00:00Z' };
const inRange = `_interval_start >= '${range.from}' and _interval_start < '${range.to}'`;

interface Sample {
  features: { properties: { time: number } }[];
}
const { features } = JSON.parse(readFileSync('test/project/pipelines/readings/sample/readings.json', 'utf8')) as Sample;
const readings = features.filter(
  ({ properties: { time } }) => time >= Date.parse(range.from) && time < Date.parse(range.to),
).length;

let api: KubeApi;
let stack: FileStack;
let connection: Connection;
let namespace: Namespace;
let before: string[];
let helm: Helm;
let node: ProcessNode;
const folder = mkdtempSync(join(tmpdir(), 'waterclock-pods-'));

describe.skipIf(process.platform !== 'linux')(
  'workers of the chart (on Linux only: each pod has an address of its own)',
  () => {
    beforeAll(async () => {
      const { environment, program } = inject('stack');
      api = await kubeApi(inject('kubeconfig'));
      stack = await fileStack();
      connection = await Connection.connect({ address: stack.environment['TEMPORAL_ADDRESS'] ?? '' });
      await connection.workflowService.registerNamespace({
        namespace: stack.taskQueue,
        workflowExecutionRetentionPeriod: { seconds: (30 * 86_400) as never },
      });
      namespace = await newNamespace(api, 'rolling', 'kubernetes.io/hostname=processes');
      const data = Object.fromEntries(secretNames.map((name) => [name, stack.environment[name] ?? '']));
      await api.create('/api/v1/namespaces/rolling/secrets', {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'stack' },
        stringData: data,
      });
      before = await namespace.objects();
      helm = await helmIn(inject('kubeconfig'), 'rolling');
      const paths = Object.fromEntries(
        ['WATERCLOCK_DBT', 'WATERCLOCK_DBT_PROJECT_DIR', 'WATERCLOCK_PROJECT'].map((name) => [
          name,
          environment[name] ?? '',
        ]),
      );
      const image = builtImage(program, paths);
      node = await processNode({
        api,
        name: 'processes',
        folder,
        images: (name) => (name.startsWith('local/platform:') ? image : undefined),
      });
      const settings = {
        ...stack.environment,
        TEMPORAL_NAMESPACE: stack.taskQueue,
        WATERCLOCK_HEARTBEAT_TIMEOUT_SECONDS: '2',
      };
      writeFileSync(
        join(folder, 'values.json'),
        JSON.stringify(chartValues(settings, { repository: 'local/platform', tag: 'one' })),
      );
    });

    afterAll(async () => {
      await node?.close();
      helm?.close();
      await namespace?.remove();
      await connection?.close();
      await stack?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    test('install sets up warehouse and Temporal, and gives its workers the tasks', async () => {
      await upgrade('one');
      expect(await waterclock('deployment', 'show')).toMatchObject({ current: 'one' });
    });

    test('the main job runs', async () => {
      const run = await waterclock('run', 'readings', '--interval', '2018-02-01T00:00Z', '--wait');
      expect(run).toMatchObject({ status: 'completed' });
    });

    test(
      'a backfill goes on while its workers are restarted, and while they are upgraded',
      { timeout: 600_000 },
      async () => {
        const began = Date.now();
        await waterclock('backfill', 'create', 'readings', '--from', range.from, '--to', range.to, '--max-active', '4');
        const backfill = backfillId('readings', range.from, range.to);
        const status = async () =>
          (await waterclock('backfill', 'status', backfill)) as {
            status: string;
            succeeded: number;
            failedCount: number;
          };
        const done = (count: number) =>
          expect.poll(async () => (await status()).succeeded, { timeout: 200_000 }).toBeGreaterThanOrEqual(count);

        await done(3);
        // kubectl rollout restart
        for (const { metadata } of await api.list('/apis/apps/v1/namespaces/rolling/deployments'))
          await api.patch(`/apis/apps/v1/namespaces/rolling/deployments/${metadata.name}`, {
            spec: {
              template: {
                metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': new Date().toISOString() } },
              },
            },
          });
        await expect.poll(() => leavers(began).length, { timeout: 120_000 }).toBe(4);
        const inTheMiddle = await status();
        expect(inTheMiddle.succeeded).toBeLessThan(hours);

        await upgrade('two');
        await expect.poll(async () => (await status()).status, { timeout: 300_000 }).toBe('completed');
        expect(await status()).toMatchObject({ succeeded: hours, failedCount: 0 });
        expect(await waterclock('deployment', 'show')).toMatchObject({ current: 'two' });
      },
    );

    test('every interval was loaded once, and every row', async () => {
      const counts = `select count(*) as n, count(distinct id) as ids, count(distinct _run_id) as runs from readings.readings where ${inRange}`;
      expect(await waterclock('query', counts)).toEqual([{ n: readings, ids: readings, runs: hours }]);
      const loads = `select count(*) as loads, sum(inserted) as inserted, sum(updated) as updated from monitor_db.handler_executions where ${inRange.replaceAll('_interval', 'interval')}`;
      expect(await waterclock('query', loads)).toEqual([{ loads: hours, inserted: readings, updated: 0 }]);
    });

    test('each new pod was ready before an old one was asked to leave, and each left by itself', () => {
      const { events } = node;
      const workers = events.filter(({ pod }) => !/-(setup|deployment|operator)-/.test(pod));
      expect(workers.filter(({ what }) => what === 'SIGKILL' || what === 'unhealthy')).toEqual([]);
      const ends = workers.filter(({ what }) => what === 'ends');
      expect(ends.map(({ detail }) => detail)).toEqual(Array.from({ length: 8 }, () => '0'));
      for (const leaver of workers.filter(({ what }) => what === 'SIGTERM')) {
        const ready = readyBefore(events, leaver);
        expect(ready, leaver.pod).toBeGreaterThan(1);
      }
    });

    test('a rollback gives the tasks back to the version before', async () => {
      await helm.run('rollback', 'prod', '1', '--wait', '--timeout', '3m');
      expect(await waterclock('deployment', 'show')).toMatchObject({ current: 'one' });
      const run = await waterclock('run', 'readings', '--interval', '2018-02-01T01:00Z', '--dbt', 'skip', '--wait');
      expect(run).toMatchObject({ status: 'completed' });
    });

    test('the doctor finds nothing wrong once the schedules are applied', async () => {
      await waterclock('schedule', 'apply');
      const { findings } = (await waterclock('doctor')) as { findings: { ok: boolean }[] };
      expect(findings.length).toBeGreaterThan(10);
      expect(findings.every(({ ok }) => ok)).toBe(true);
    });

    test('nothing is left of it', async () => {
      await helm.run('uninstall', 'prod', '--wait', '--timeout', '60s');
      await expect.poll(() => namespace.objects(), { timeout: 30_000 }).toEqual(before);
      expect(node.pods()).toEqual([]);
    });
  },
);

const upgrade = (tag: string) =>
  helm.install('--values', join(folder, 'values.json'), '--set', `image.tag=${tag}`, '--wait', '--timeout', '4m');
const roleOf = (pod: string) => /prod-([a-z]+)-/.exec(pod)?.[1] ?? '';
/** as in docs/deploy.md: kubectl exec deploy/prod-operator -- waterclock ... */
async function waterclock(...words: string[]): Promise<unknown> {
  const pod = node.pods().find(({ metadata }) => metadata.labels?.['app.kubernetes.io/component'] === 'operator');
  const { code, stdout, stderr } = await node.exec(`rolling/${pod?.metadata.name}`, ['waterclock', ...words, '--json']);
  if (code !== 0) throw new Error(`waterclock ${words.join(' ')} ended with ${code}: ${stderr}${stdout}`);
  const text = stdout.trim();
  return JSON.parse(text.startsWith('[') ? text : (text.split('\n').at(-1) ?? ''));
}

const leavers = (since: number) =>
  node.events.filter(
    ({ at, what, pod }) => at > since && what === 'ends' && roleOf(pod) && !/setup|deployment|operator/.test(pod),
  );

/** pods of its role that were ready when it was asked to leave, itself among them */
function readyBefore(events: readonly Event[], leaver: Event): number {
  const ready = new Set<string>();
  for (const { pod, what } of events.slice(0, events.indexOf(leaver))) {
    if (roleOf(pod) !== roleOf(leaver.pod)) continue;
    if (what === 'ready') ready.add(pod);
    if (what === 'SIGTERM' || what === 'not ready' || what === 'ends') ready.delete(pod);
  }
  return ready.size;
}
