import { TerminalError } from '../../model/errors.js';
import type { KubernetesSettings } from '../../model/task-settings.js';
import { ownName } from '../own-name.js';
import { resultVariable } from '../result.js';
import type { TaskOrder } from '../runner.js';
import { mainContainer } from './objects.js';

type Plain = Record<string, unknown>;

/** seconds that Jobs are kept for people to look at */
const keptFor = 24 * 3_600;

/** the Job of an order; `given`: variables of every task */
export function jobOf(order: TaskOrder, settings: KubernetesSettings, given: Record<string, string> = {}): Plain {
  const { container, command, environment, timeout, grace } = order;
  if (!container?.image)
    throw new TerminalError(
      'TaskRefused',
      `${order.name} names a task definition of ECS, and this worker runs tasks on Kubernetes: name an \`image\``,
    );
  const { pod, spotPod } = settings;
  const marks = { labels: labelsOf(order), annotations: { 'waterclock/run': environment['WATERCLOCK_RUN'] ?? '' } };
  const main = {
    name: mainContainer,
    image: container.image,
    ...(command.length > 0 && { args: command.map(literal) }),
    env: variablesOf(order, settings, given),
    resources: {
      requests: { cpu: `${Math.ceil((container.cpu * 1000) / 1024)}m`, memory: `${container.memory}Mi` },
      limits: { memory: `${container.memory}Mi` },
    },
  };
  const own = {
    metadata: marks,
    spec: { restartPolicy: 'Never', terminationGracePeriodSeconds: Math.ceil(grace / 1000), containers: [main] },
  };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: ownName(order), namespace: settings.namespace, ...marks },
    spec: {
      // another try is another Job, with a prefix of its own
      backoffLimit: 0,
      ttlSecondsAfterFinished: keptFor,
      ...(timeout !== undefined && { activeDeadlineSeconds: Math.max(1, Math.ceil(timeout / 1000)) }),
      template: [pod, ...(container.spot ? [spotPod] : []), own].reduce<Plain>(merge, usual),
    },
  };
}

/** what a pod has where the setting does not say otherwise: as much as a worker may do */
const usual: Plain = {
  metadata: {
    annotations: {
      // what makes room on nodes would end the task
      'cluster-autoscaler.kubernetes.io/safe-to-evict': 'false',
      'karpenter.sh/do-not-disrupt': 'true',
    },
  },
  spec: {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 1000,
      runAsGroup: 1000,
      fsGroup: 1000,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [
      {
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
        volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
      },
    ],
    volumes: [{ name: 'tmp', emptyDir: { sizeLimit: '10Gi' } }],
  },
};

function variablesOf(
  { name, environment, secrets = {}, ...order }: TaskOrder,
  settings: KubernetesSettings,
  given: Record<string, string>,
): Plain[] {
  const values = { HOME: '/tmp', ...given, ...environment, ...resultVariable(order) };
  const hidden = Object.entries(secrets).map(([variable, secret]): Plain => {
    const from = settings.secrets[secret];
    if (!from)
      throw new TerminalError(
        'TaskRefused',
        `${name} needs the secret ${secret}, and WATERCLOCK_KUBERNETES_SECRETS does not say where it is`,
      );
    return { name: variable, valueFrom: { secretKeyRef: { name: from.secret, key: from.key } } };
  });
  return [...Object.entries(values).map(([name, value]) => ({ name, value: literal(value) })), ...hidden];
}

/** Kubernetes fills in `$(NAME)` and takes `$$` for `$`; here both are texts like any other */
const literal = (text: string): string => text.replaceAll('$', '$$$$');

function labelsOf({ environment }: TaskOrder): Record<string, string> {
  const known = { pipeline: 'WATERCLOCK_PIPELINE', 'run-id': 'WATERCLOCK_RUN_ID', step: 'WATERCLOCK_STEP' };
  const own = Object.entries(known).flatMap(([name, variable]) => {
    const value = (environment[variable] ?? '').replace(/[^\w.-]/g, '-').slice(0, 63);
    return value ? [[`waterclock/${name}`, value.replace(/^[^a-z0-9]+|[^a-z0-9]+$/gi, '')]] : [];
  });
  return {
    'app.kubernetes.io/name': 'waterclock',
    'app.kubernetes.io/component': 'task',
    'app.kubernetes.io/managed-by': 'waterclock',
    ...(Object.fromEntries(own) as Record<string, string>),
  };
}

/** objects member by member, `containers` by their place, everything else as the later one has it */
function merge(below: Plain, above: Plain): Plain {
  const both = Object.entries(above).map(([name, value]) => {
    const known = below[name];
    if (name === 'containers' && Array.isArray(known) && Array.isArray(value)) {
      const [first = {}, ...others] = value as Plain[];
      return [name, [merge((known[0] ?? {}) as Plain, first), ...(others.length > 0 ? others : known.slice(1))]];
    }
    return [name, isPlain(known) && isPlain(value) ? merge(known, value) : value];
  });
  return { ...below, ...(Object.fromEntries(both) as Plain) };
}

const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
