import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { type KubeApi, kubeApi, type KubeObject } from './api.js';
import { chart, type Helm, helmIn } from './helm.js';
import { type Namespace, newNamespace } from './namespace.js';

const files = readdirSync('infra/helm/values').filter((file) => file !== 'temporal-chart.yaml');

let api: KubeApi;
beforeAll(async () => {
  api = await kubeApi(inject('kubeconfig'));
  // of the platform, not of the chart
  await api.create('/apis/scheduling.k8s.io/v1/priorityclasses', {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: 'batch' },
    value: 1000,
  });
});

describe.each(files)('%s', (file) => {
  const values = ['--values', `infra/helm/values/${file}`];
  const name = file.replace('.yaml', '');
  let namespace: Namespace;
  let helm: Helm;
  let before: string[];
  beforeAll(async () => {
    namespace = await newNamespace(api, name, 'type=kwok');
    helm = await helmIn(inject('kubeconfig'), name);
    before = await namespace.objects();
  });
  afterAll(async () => {
    helm?.close();
    await namespace?.remove();
  });

  const install = (...words: string[]) => helm.install(...values, '--wait', '--timeout', '90s', ...words);
  const deployments = () => api.list(`/apis/apps/v1/namespaces/${name}/deployments`);
  const pods = () => runningPods(name);
  const images = async () => [...new Set((await pods()).map(imageOf))];

  test('the server takes each object as it is, without a warning', async () => {
    const { stdout } = await helm.run('template', 'prod', chart, ...values);
    const objects = parseAllDocuments(stdout)
      .map((document) => document.toJS() as KubeObject | null)
      .filter((object) => object !== null);
    for (const object of objects) {
      const said = await api.warnings(await pathOfKind(object, name), object);
      expect(said, `${object.kind} ${object.metadata.name}`).toEqual([]);
    }
  });

  test('it installs, and all its workers come', async () => {
    expect((await install()).warnings).toEqual([]);
    const workers = (await deployments()).map(({ status }) => Number(status?.['availableReplicas'] ?? 0));
    expect(workers).toHaveLength(name === 'to-zero' ? 4 : 5);
    expect(Math.min(...workers)).toBeGreaterThan(0);
    // hooks that succeeded are gone
    expect(await api.list(`/apis/batch/v1/namespaces/${name}/jobs`)).toEqual([]);
  });

  test('it upgrades to another image and other values, and once more', async () => {
    for (const tag of ['two', 'three']) {
      const { warnings } = await install('--set', `image.tag=${tag},image.digest=,graceSeconds=60`);
      expect(warnings).toEqual([]);
      expect((await images()).map((image) => image.split(':').at(-1))).toEqual([tag]);
    }
    const [pod] = await pods();
    expect(pod?.spec?.['terminationGracePeriodSeconds']).toBe(80);
  });

  test('what `rollback` goes back to is what there was', async () => {
    expect((await helm.run('rollback', 'prod', '2', '--wait', '--timeout', '90s')).warnings).toEqual([]);
    expect((await images()).map((image) => image.split(':').at(-1))).toEqual(['two']);
  });

  test('nothing is left of it', async () => {
    await helm.run('uninstall', 'prod', '--wait', '--timeout', '90s');
    await expect.poll(() => namespace.objects(), { timeout: 30_000 }).toEqual(before);
  });
});

const runningPods = async (namespace: string) =>
  (await api.list(`/api/v1/namespaces/${namespace}/pods`)).filter(
    ({ metadata, status }) => !metadata.deletionTimestamp && status?.['phase'] === 'Running',
  );

const imageOf = ({ spec }: KubeObject) => (spec as { containers: [{ image: string }] }).containers[0].image;

/** where objects of its kind are made */
async function pathOfKind({ apiVersion, kind }: KubeObject, namespace: string): Promise<string> {
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const { resources } = (await api.get(group)) as unknown as { resources: { name: string; kind: string }[] };
  const { name } = resources.find((one) => one.kind === kind && !one.name.includes('/')) ?? {};
  if (!name) throw new Error(`the server has no ${apiVersion} ${kind}`);
  return `${group}/namespaces/${namespace}/${name}`;
}

describe('an upgrade that fails', () => {
  const name = 'failing';
  const values = ['--values', 'infra/helm/values/small-team.yaml'];
  let namespace: Namespace;
  let helm: Helm;
  const upgrade = (...words: string[]) => helm.install(...values, '--wait', '--timeout', '20s', ...words);
  const ready = async () =>
    (await runningPods(name))
      .map((pod) => `${pod.metadata.labels?.['app.kubernetes.io/component']} ${imageOf(pod).split(':').at(-1)}`)
      .sort();
  const all = ['ingest', 'operator', 'transform', 'warehouse', 'workflows'].map((role) => `${role} 2026-11-30`);
  const jobs = async () =>
    (await api.list(`/apis/batch/v1/namespaces/${name}/jobs`)).map(({ metadata }) => metadata.name);

  beforeAll(async () => {
    namespace = await newNamespace(api, name, 'type=kwok');
    helm = await helmIn(inject('kubeconfig'), name);
    await upgrade();
  });
  afterAll(async () => {
    helm?.close();
    await namespace?.remove();
  });

  test('in its set-up leaves the workers that there are, and the job to look at', async () => {
    await expect(upgrade('--set', 'image.tag=fails')).rejects.toThrow('pre-upgrade hooks failed');
    expect(await ready()).toEqual(all);
    expect(await jobs()).toEqual(['prod-setup']);
  });

  test('in its workers leaves those that there are', async () => {
    await expect(upgrade('--set', 'image.tag=fails,setup.enabled=false')).rejects.toThrow('context deadline exceeded');
    expect(await ready()).toEqual(all);
  });

  test('is over with the next that does not', async () => {
    expect((await upgrade()).stdout).toContain('STATUS: deployed');
    await expect.poll(ready).toEqual(all);
    await expect.poll(jobs).toEqual([]);
  });
});
