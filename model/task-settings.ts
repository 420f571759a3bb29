/** where tasks with an image run: one of these */
export interface TaskSettings {
  /** assumed for a task that writes objects, narrowed to the prefix that it may write to */
  role?: string;
  ecs?: EcsSettings;
  kubernetes?: KubernetesSettings;
  batch?: BatchSettings;
  /** those with an image, instead of elsewhere */
  docker?: DockerSettings;
}

export interface DockerSettings {
  /** that containers are in; of the machine itself, `host`, they reach what listens on it */
  network: string;
}

export interface EcsSettings {
  cluster: string;
  subnets: string[];
  securityGroups: string[];
  /** tasks get addresses of their own: the subnets have no NAT gateway */
  publicAddress?: boolean;
  /** what the names of task definitions begin with */
  families: string;
}

export interface BatchSettings {
  queue: string;
  /** what the names of job definitions begin with */
  definitions: string;
}

export interface KubernetesSettings {
  namespace: string;
  /** what pods of tasks have beside what a task says, as a pod template of Kubernetes */
  pod: Record<string, unknown>;
  /** likewise, of tasks on spare capacity */
  spotPod: Record<string, unknown>;
  /** where the cluster has the secrets of definitions, by their names */
  secrets: Record<string, { secret: string; key: string }>;
}

interface Reader {
  optional(name: string): string | undefined;
  flag(name: string): boolean;
  problems: string[];
}

export function taskSettings({ optional, flag, problems }: Reader): TaskSettings {
  const role = optional('WATERCLOCK_TASK_ROLE_ARN');
  const cluster = optional('WATERCLOCK_ECS_CLUSTER');
  const namespace = optional('WATERCLOCK_KUBERNETES_NAMESPACE');
  const words = (name: string) => optional(name)?.split(/[\s,]+/) ?? [];
  const queue = optional('WATERCLOCK_BATCH_QUEUE');
  if ([cluster, namespace, queue].filter(Boolean).length > 1)
    problems.push(
      'set one of WATERCLOCK_ECS_CLUSTER, WATERCLOCK_KUBERNETES_NAMESPACE and WATERCLOCK_BATCH_QUEUE: tasks run in one place',
    );
  return {
    ...(role && { role }),
    ...(cluster && {
      ecs: {
        cluster,
        subnets: words('WATERCLOCK_ECS_SUBNETS'),
        securityGroups: words('WATERCLOCK_ECS_SECURITY_GROUPS'),
        publicAddress: flag('WATERCLOCK_ECS_PUBLIC_ADDRESS'),
        families: optional('WATERCLOCK_ECS_FAMILIES') ?? 'waterclock-',
      },
    }),
    ...(queue && { batch: { queue, definitions: optional('WATERCLOCK_BATCH_DEFINITIONS') ?? 'waterclock-' } }),
    ...(flag('WATERCLOCK_DOCKER') && { docker: { network: optional('WATERCLOCK_DOCKER_NETWORK') ?? 'host' } }),
    ...(namespace && {
      kubernetes: {
        namespace,
        pod: template('WATERCLOCK_KUBERNETES_POD'),
        spotPod: template('WATERCLOCK_KUBERNETES_SPOT_POD'),
        secrets: Object.fromEntries(words('WATERCLOCK_KUBERNETES_SECRETS').flatMap(secretOf)),
      },
    }),
  };

  function template(name: string): Record<string, unknown> {
    try {
      const read = JSON.parse(optional(name) ?? '{}') as unknown;
      if (typeof read === 'object' && read !== null && !Array.isArray(read)) return { ...read };
    } catch {
      // said below
    }
    problems.push(`${name} must be a JSON object with \`metadata\` and \`spec\` of a pod, got ${optional(name)}`);
    return {};
  }

  function secretOf(word: string): [string, { secret: string; key: string }][] {
    const [, name, secret, key] = /^([^=]+)=([^/]+)\/(.+)$/.exec(word) ?? [];
    if (name && secret && key) return [[name, { secret, key }]];
    problems.push(`WATERCLOCK_KUBERNETES_SECRETS must be NAME=<secret>/<key>, by commas, got ${word}`);
    return [];
  }
}
