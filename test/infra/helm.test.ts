import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { command, healthCheck } from '../../infra/container.js';
import { readSettings } from '../../model/settings.js';
import { jobOf } from '../../tasks/kubernetes/job.js';
import { roles } from '../../model/roles.js';
import { taskQueueOf } from '../../model/task-queues.js';
import { helmTools, type Rendered } from '../support/helm.js';

const files = readdirSync('infra/helm/values').filter((file) => file !== 'temporal-chart.yaml');
const tasksApart = ['tasks.namespace=data-tasks', 'tasks.quota.limits\\.memory=64Gi'].flatMap((one) => ['--set', one]);
/** what is rendered, each by its arguments */
const renderings: Record<string, string[]> = {
  ...Object.fromEntries(files.map((file) => [file, ['--values', `infra/helm/values/${file}`]])),
  'tasks-apart.yaml': ['--values', 'infra/helm/values/everything.yaml', ...tasksApart],
};
const values = Object.keys(renderings);
const versions = ['1.32', '1.34', '1.37'];
/** of operators, whose schemas Kubernetes does not have */
const foreign = ['ExternalSecret', 'PrometheusRule', 'ScaledObject', 'ServiceMonitor', 'TriggerAuthentication'];

interface Container {
  image: string;
  command?: string[];
  args?: string[];
  env: { name: string; value?: string; valueFrom?: { secretKeyRef: { name: string; key: string; optional?: true } } }[];
  securityContext: Record<string, unknown>;
  resources: { requests: Record<string, string>; limits: Record<string, string> };
  volumeMounts: { name: string; mountPath: string }[];
  livenessProbe?: { exec: { command: string[] } };
  readinessProbe?: { exec: { command: string[] } };
  startupProbe?: { exec: { command: string[] } };
}
interface Rules {
  groups: { name: string; rules: { alert?: string; record?: string }[] }[];
}
interface Pod {
  containers: [Container];
  securityContext: Record<string, unknown>;
  serviceAccountName: string;
  automountServiceAccountToken: boolean;
  terminationGracePeriodSeconds?: number;
  volumes: { name: string }[];
}

/** with all that a task may have */
const aTask = (secrets: Record<string, unknown>) => ({
  id: 'run-extract-1',
  name: 'etl',
  command: ['python3', 'etl.py'],
  environment: { WATERCLOCK_PIPELINE: 'shop', WATERCLOCK_STEP: 'extract', WATERCLOCK_RUN_ID: 'run' },
  secrets: Object.fromEntries(Object.keys(secrets).map((name) => [name, name])),
  resultAt: { bucket: 'raw', key: 'result.json' },
  container: { image: 'etl:1', family: 'shop-extract', cpu: 256, memory: 512, spot: true as const },
  timeout: 3_600_000,
  grace: 10_000,
  keepsStdout: false,
});

let tools: Awaited<ReturnType<typeof helmTools>>;
const folder = mkdtempSync(join(tmpdir(), 'waterclock-helm-'));
const rendered: Record<string, { text: string; objects: Rendered[] }> = {};
beforeAll(async () => {
  tools = await helmTools();
  for (const file of values) {
    rendered[file] = await tools.template(...(renderings[file] ?? []));
    writeFileSync(join(folder, file), rendered[file].text);
  }
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true }));

const objectsOf = (file: string, kind?: string) =>
  (rendered[file]?.objects ?? []).filter((one) => kind === undefined || one.kind === kind);
/** Deployments but the one that people run commands in */
const workersOf = (file: string) =>
  objectsOf(file, 'Deployment').filter(({ metadata }) => metadata.name !== 'prod-operator');
const podOf = (one: Rendered) => (one.spec as { template: { spec: Pod } }).template.spec;
const pods = (file: string) => [...objectsOf(file, 'Deployment'), ...objectsOf(file, 'Job')].map(podOf);
const environmentOf = ({ containers: [{ env }] }: Pod) =>
  Object.fromEntries(
    env.map(({ name, value, valueFrom }) => [name, value ?? `secret ${valueFrom?.secretKeyRef.name}`]),
  );

describe.each(values)('%s', (file) => {
  test('lints, and fits the schemas of three versions of Kubernetes', { timeout: 120_000 }, async () => {
    await tools.lint(...(renderings[file] ?? []));
    for (const version of versions) {
      const lines = await tools.invalid(join(folder, file), version);
      const others = lines.filter((line) => !foreign.some((kind) => line.includes(`schema for kind ${kind} `)));
      expect(others, version).toEqual([]);
    }
  });

  test('each role has its workers, with the command and health check of every other deployment', () => {
    const deployments = workersOf(file);
    expect(deployments.map(({ metadata }) => metadata.name)).toEqual(roles.toSorted().map((role) => `prod-${role}`));
    for (const pod of deployments.map(podOf)) {
      const [container] = pod.containers;
      expect(container.args).toEqual(command);
      const probe = ['CMD', ...(container.livenessProbe?.exec.command ?? [])];
      expect(probe).toEqual(healthCheck.command);
      expect(container.readinessProbe?.exec.command).toEqual(container.livenessProbe?.exec.command);
      expect(container.startupProbe?.exec.command).toEqual(container.livenessProbe?.exec.command);
    }
  });

  test('the settings of every container can be read by the program', () => {
    for (const pod of pods(file)) {
      const environment = environmentOf(pod);
      expect(Object.values(environment)).not.toContain('');
      expect(() => readSettings(environment, 'dbt')).not.toThrow();
    }
    for (const one of workersOf(file)) {
      const pod = podOf(one);
      const { worker } = readSettings(environmentOf(pod), 'dbt');
      expect(`prod-${worker.roles.join()}`).toBe(one.metadata.name);
      // Kubernetes does not kill what is still leaving its steps
      expect((pod.terminationGracePeriodSeconds ?? 0) * 1000).toBeGreaterThan(worker.grace);
    }
  });

  test('nothing runs as root, writes to its image, or holds a token of the cluster', () => {
    expect(pods(file).length).toBeGreaterThan(4);
    for (const pod of pods(file)) {
      const [container] = pod.containers;
      expect(pod.securityContext).toMatchObject({
        runAsNonRoot: true,
        runAsUser: 1000,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      // but of what starts tasks
      expect(pod.automountServiceAccountToken).toBe('WATERCLOCK_KUBERNETES_NAMESPACE' in environmentOf(pod));
      expect(container.volumeMounts).toContainEqual({ name: 'tmp', mountPath: '/tmp' });
    }
    for (const account of objectsOf(file, 'ServiceAccount')) expect(account.automountServiceAccountToken).toBe(false);
    expect(objectsOf(file).map(({ kind }) => kind)).not.toContain('ClusterRole');
    expect(objectsOf(file).map(({ kind }) => kind)).not.toContain('Secret');
  });

  test('every container asks for CPU and memory, and has a limit of memory', () => {
    for (const { containers } of pods(file)) {
      for (const { resources } of containers) {
        expect(Object.keys(resources.requests)).toEqual(['cpu', 'memory']);
        expect(resources.limits['memory']).toMatch(/^\d+(Mi|Gi)$/);
      }
    }
  });

  test('only the workers that start tasks may ask the cluster, for what these take', () => {
    const roles = objectsOf(file, 'Role').map(({ metadata, rules }) => [metadata.name, rules]);
    const asking = objectsOf(file, 'Deployment').filter((one) => podOf(one).automountServiceAccountToken);
    expect(asking.map(({ metadata }) => metadata.name)).toEqual(roles.length > 0 ? ['prod-ingest'] : []);
    if (roles.length === 0) return;
    expect(roles).toEqual([
      [
        'prod-tasks',
        [
          { apiGroups: ['batch'], resources: ['jobs'], verbs: ['create', 'get', 'delete'] },
          { apiGroups: [''], resources: ['pods'], verbs: ['list'] },
          { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] },
          { apiGroups: [''], resources: ['events'], verbs: ['list'] },
        ],
      ],
    ]);
    expect(objectsOf(file, 'RoleBinding').map(({ subjects }) => subjects)).toEqual([
      [{ kind: 'ServiceAccount', name: 'prod-ingest', namespace: 'data' }],
    ]);
  });

  test('a Job of a task fits the schemas of Kubernetes, and is held as the workers are', async () => {
    const ingest = objectsOf(file, 'Deployment').find(({ metadata }) => metadata.name === 'prod-ingest');
    const worker = podOf(ingest as Rendered);
    const { kubernetes } = readSettings(environmentOf(worker), 'dbt').tasks;
    if (!kubernetes) return;
    const job = jobOf(aTask(kubernetes.secrets), kubernetes) as unknown as Rendered;
    const { containers, ...pod } = podOf(job);
    const [{ securityContext, resources, volumeMounts }] = containers;
    expect([pod.securityContext, securityContext]).toEqual([
      worker.securityContext,
      worker.containers[0].securityContext,
    ]);
    expect(pod).toMatchObject({ serviceAccountName: 'prod-tasks', automountServiceAccountToken: false });
    expect([resources.limits, volumeMounts]).toEqual([{ memory: '512Mi' }, [{ name: 'tmp', mountPath: '/tmp' }]]);
    const accounts = objectsOf(file, 'ServiceAccount').find(({ metadata }) => metadata.name === 'prod-tasks');
    expect(accounts?.metadata.namespace).toBe(kubernetes.namespace);
    writeFileSync(join(folder, `task-of-${file}`), stringify(job));
    for (const version of versions)
      expect(await tools.invalid(join(folder, `task-of-${file}`), version), version).toEqual([]);
  });

  test('each pod has an account that is there', () => {
    const accounts = objectsOf(file, 'ServiceAccount').map(({ metadata }) => metadata.name);
    for (const { serviceAccountName } of pods(file)) expect(accounts).toContain(serviceAccountName);
  });

  test('nobody from outside reaches the pods but who reads their metrics', () => {
    const [policy] = objectsOf(file, 'NetworkPolicy');
    const { ingress, policyTypes } = (policy as Rendered).spec as {
      ingress: { ports: object[] }[];
      policyTypes: string[];
    };
    expect(policyTypes).toEqual(['Ingress', 'Egress']);
    expect(ingress.map(({ ports }) => ports)).toEqual([[{ protocol: 'TCP', port: 9464 }]]);
  });
});

test('tasks in a namespace of their own have all that is theirs there', () => {
  const there = objectsOf('tasks-apart.yaml').filter(({ metadata }) => metadata.namespace === 'data-tasks');
  expect(there.map(({ kind }) => kind).sort()).toEqual([
    'LimitRange',
    'NetworkPolicy',
    'ResourceQuota',
    'Role',
    'RoleBinding',
    'ServiceAccount',
  ]);
});

test('a version takes the tasks after each install and upgrade, and set-up comes before its workers', () => {
  const hooks = objectsOf('small-team.yaml', 'Job').map(({ metadata, spec }) => {
    const [{ command: words }] = podOf({ spec } as Rendered).containers;
    return [words?.slice(2).join(' '), metadata.annotations?.['helm.sh/hook']];
  });
  expect(hooks).toEqual([
    ['waterclock setup', 'post-install,pre-upgrade'],
    ['waterclock deployment current --wait 10', 'post-install,post-upgrade,post-rollback'],
  ]);
  const [setup, current] = objectsOf('small-team.yaml', 'Job').map((one) => environmentOf(podOf(one)));
  expect(setup).toMatchObject({
    WATERCLOCK_REDSHIFT_LOADER: 'IAMR:acme-prod-warehouse',
    WATERCLOCK_REDSHIFT_ADMINISTRATOR_SECRET_ARN: expect.stringContaining('acme-prod-admin') as string,
  });
  expect(current).toMatchObject({ WATERCLOCK_DEPLOYMENT: 'waterclock', WATERCLOCK_BUILD_ID: '2026-11-30' });
});

test('set-up before an upgrade needs nothing that the upgrade brings', () => {
  const file = 'everything.yaml';
  const [setup] = objectsOf(file, 'Job');
  const pod = podOf(setup as Rendered);
  const account = objectsOf(file, 'ServiceAccount').find(({ metadata }) => metadata.name === pod.serviceAccountName);
  const hook = (one?: Rendered) => one?.metadata.annotations?.['helm.sh/hook'];
  expect(hook(account)).toBe(hook(setup));
  const weight = (one?: Rendered) => Number(one?.metadata.annotations?.['helm.sh/hook-weight']);
  expect(weight(account)).toBeLessThan(weight(setup));
  const secrets = pod.containers[0].env.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef ?? []);
  expect(secrets.map(({ optional }) => optional)).toEqual([true, true]);
  const [worker] = workersOf(file).map(podOf);
  const needed = worker?.containers[0].env.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef ?? []);
  expect(needed?.map(({ optional }) => optional)).toEqual([undefined, undefined]);
});

test('no worker has the secret of the administrator', () => {
  for (const file of values)
    for (const one of workersOf(file)) {
      expect(JSON.stringify(one)).not.toContain('ADMINISTRATOR');
      expect(JSON.stringify(one)).not.toContain('REDSHIFT_SECRET');
    }
});

test('Temporal Cloud is reached by TLS, with a token that is a file', () => {
  const [deployment] = workersOf('temporal-cloud.yaml');
  const pod = podOf(deployment as Rendered);
  expect(environmentOf(pod)).toMatchObject({
    TEMPORAL_TLS: 'true',
    TEMPORAL_API_KEY_FILE: '/run/temporal/token/token',
  });
  expect(pod.volumes).toContainEqual({ name: 'temporal-token', secret: { secretName: 'temporal-cloud' } });
});

test('workers that scale by their backlog are counted in the task queue that they ask', () => {
  const queues = objectsOf('to-zero.yaml', 'ScaledObject').map(({ metadata, spec }) => {
    const { triggers, minReplicaCount } = spec as {
      minReplicaCount: number;
      triggers: { metadata: { taskQueue: string } }[];
    };
    return [metadata.name, triggers[0]?.metadata.taskQueue, minReplicaCount];
  });
  expect(queues).toEqual(
    (['ingest', 'transform', 'warehouse'] as const).map((role) => [`prod-${role}`, taskQueueOf('waterclock', role), 0]),
  );
});

test('what is scaled has no number of replicas of its own, which an upgrade would go back to', () => {
  const fixed = workersOf('everything.yaml').filter(({ spec }) => 'replicas' in (spec ?? {}));
  expect(fixed.map(({ metadata }) => metadata.name)).toEqual(['prod-transform', 'prod-warehouse']);
});

test('rules and dashboard are those of the other deployments, with commands that work here', () => {
  const [rule] = objectsOf('everything.yaml', 'PrometheusRule');
  const theirs = parse(readFileSync('infra/prometheus/alerts.yml', 'utf8')) as Rules;
  const { groups } = (rule as Rendered).spec as unknown as Rules;
  const namesOf = (rules: Rules, group: string) =>
    rules.groups.find(({ name }) => name === group)?.rules.map(({ alert, record }) => alert ?? record);
  expect(namesOf({ groups }, 'runs')).toEqual(namesOf(theirs, 'runs'));
  expect(namesOf({ groups }, 'workers')).toEqual([...roles.map(() => 'WorkerDown'), 'StepsWait']);
  expect(JSON.stringify(groups)).not.toContain('docker compose');
  expect(JSON.stringify(groups)).toContain('kubectl exec --namespace data deploy/prod-operator -- waterclock');
  expect(JSON.stringify(groups)).toContain('{{ $labels.pipeline }}');
  const [dashboard] = objectsOf('everything.yaml', 'ConfigMap');
  const own = readFileSync('infra/grafana/dashboards/waterclock.json', 'utf8');
  expect(JSON.parse(dashboard?.data?.['waterclock.json'] ?? '')).toEqual(JSON.parse(own));
});

test.each([
  [['image.tag='], 'image'],
  [['warehouse.cluster=x'], 'warehouse'],
  [['workers.ingest.replica=3'], 'replica'],
  [['settings.has-dash=x'], 'has-dash'],
  [['temporal.address=temporal'], 'temporal.address'],
  [
    [
      'workers.ingest.autoscaling.enabled=true',
      'workers.ingest.autoscaling.min=0',
      'workers.ingest.autoscaling.backlog=8',
    ],
    'deployment.enabled: false',
  ],
])('%s is refused, naming it', async (changes, named) => {
  const given = changes.flatMap((change) => ['--set', change]);
  await expect(tools.template('--values', 'infra/helm/values/small-team.yaml', ...given)).rejects.toThrow(named);
});

test('every variable of the README can be set by the values', async () => {
  const table = readFileSync('README.md', 'utf8').matchAll(/^\| (`[A-Z][A-Z0-9_]+`(?:, `[A-Z][A-Z0-9_]+`)*) +\|/gm);
  const variables = [...table].flatMap(([, names = '']) =>
    [...names.matchAll(/`([A-Z0-9_]+)`/g)].map(([, name]) => name),
  );
  expect(variables.length).toBeGreaterThan(20);
  const given = variables.flatMap((name) => ['--set-string', `settings.${name}=given`]);
  const { objects } = await tools.template('--values', 'infra/helm/values/small-team.yaml', ...given);
  const [deployment] = objects.filter(({ kind }) => kind === 'Deployment');
  const environment = environmentOf(podOf(deployment as Rendered));
  expect(variables.filter((name) => name !== undefined && !(name in environment))).toEqual([]);
});
