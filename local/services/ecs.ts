import type { Container } from '../containers.js';
import type { Service } from '../supervisor/service.js';
import { hasWritten } from '../supervisor/ready.js';
import { nodeService } from './node-service.js';
import { region } from './region.js';

interface EcsOptions {
  port: number;
  /** of the service itself */
  environment: Record<string, string>;
  /** settings of the product, of which tasks get how S3 is reached */
  product: Record<string, string>;
  /** where values of secrets are */
  own: Record<string, string | undefined>;
  /** programs run there, whatever image they name */
  project: string;
  containers: Container[];
}

const logGroup = '/waterclock/tasks';
const role = 'arn:aws:iam::000000000000:role/waterclock-tasks';

/** what a task's role and network give it on AWS */
const given = /^(AWS_(REGION|ACCESS_KEY_ID|SECRET_ACCESS_KEY|ENDPOINT_URL_S3)|NO_PROXY|no_proxy)$/;
/** of this machine's own environment, what every program needs to start */
const passed = /^(PATH|LANG|LC_\w+|TZ)$/;

/** the local ECS, with a task definition for each task of the project that has an image or names one */
export function ecs({ port, environment, product, own, project, containers }: EcsOptions): Service {
  const logging = { 'awslogs-group': logGroup, 'awslogs-region': region, 'awslogs-stream-prefix': 'task' };
  const taskDefinitions = containers.map(({ task, taskDefinition, image, cpu, memory, grace, secrets }) => ({
    family: taskDefinition ?? `waterclock-${task}`,
    requiresCompatibilities: ['FARGATE'],
    networkMode: 'awsvpc',
    cpu: String(cpu),
    memory: String(memory),
    executionRoleArn: role,
    containerDefinitions: [
      {
        name: 'main',
        image: image ?? taskDefinition,
        stopTimeout: Math.ceil(grace / 1_000),
        secrets: Object.entries(secrets).map(([name, secret]) => ({ name, valueFrom: secret })),
        logConfiguration: { logDriver: 'awslogs', options: logging },
      },
    ],
  }));
  const named = new Set(containers.flatMap(({ secrets }) => Object.values(secrets)));
  const setup = {
    images: { '*': { folder: project } },
    // of the shell what every program needs, of the product where the local AWS is: a task sees nothing else
    environment: { ...only(environment, passed), ...only(product, given), WATERCLOCK_PROJECT: project },
    secrets: Object.fromEntries([...named].flatMap((name) => (own[name] ? [[name, own[name]]] : []))),
    logGroups: [logGroup],
    taskDefinitions,
  };
  return nodeService('ecs-local', 'main', {
    name: 'ecs',
    port,
    environment: {
      ...environment,
      PORT: String(port),
      ECS_LOCAL_REGION: region,
      ECS_LOCAL_SETUP: JSON.stringify(setup),
    },
    ready: hasWritten('ecs-local listening on'),
  });
}

const only = (environment: Record<string, string>, names: RegExp): Record<string, string> =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => names.test(name)));
