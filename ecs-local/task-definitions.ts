import { client } from './errors.js';
import { isFargateSize } from './fargate-sizes.js';
import type { ContainerDefinition, TaskDefinition } from './shapes.js';

type Registered = Partial<TaskDefinition>;

/** task definitions by family and revision */
export function taskDefinitions(arn: (kind: string) => string) {
  const families = new Map<string, TaskDefinition[]>();

  /** `family`, `family:revision` or an ARN; throws where there is none */
  function find(named: string | undefined): TaskDefinition {
    const [, name = ''] = /^(?:arn:[^/]+:task-definition\/)?(.+)$/.exec(named ?? '') ?? [];
    const [family = '', revision] = name.split(':');
    const known = families.get(family) ?? [];
    const found =
      revision === undefined
        ? known.findLast(({ status }) => status === 'ACTIVE')
        : known.find((one) => String(one.revision) === revision);
    if (!found) throw client('TaskDefinition not found.');
    return found;
  }

  return {
    find,
    register({ family, containerDefinitions, ...given }: Registered): TaskDefinition {
      if (!family || !/^[\w-]{1,255}$/.test(family)) throw client('Family should not be null or blank.');
      if (!containerDefinitions?.length) throw client('Container list cannot be empty.');
      for (const container of containerDefinitions) checkContainer(container, given);
      if (given.requiresCompatibilities?.includes('FARGATE')) checkFargate(given, containerDefinitions);
      const known = families.get(family) ?? [];
      const revision = known.length + 1;
      const definition: TaskDefinition = {
        ...given,
        family,
        containerDefinitions: containerDefinitions.map((one) => ({ essential: true, ...one })),
        revision,
        status: 'ACTIVE',
        taskDefinitionArn: arn(`task-definition/${family}:${revision}`),
      };
      families.set(family, [...known, definition]);
      return definition;
    },
    deregister(named: string | undefined): TaskDefinition {
      if (!named?.includes(':')) throw client('Revision is missing.');
      const found = find(named);
      found.status = 'INACTIVE';
      return found;
    },
    list: (family: string | undefined) =>
      [...families.values()]
        .flat()
        .filter((one) => one.status === 'ACTIVE' && (family === undefined || one.family === family))
        .map(({ taskDefinitionArn }) => taskDefinitionArn),
  };
}

function checkContainer(container: ContainerDefinition, { memory }: Registered): void {
  if (!container.name) throw client('Container.name should not be null or blank.');
  if (!container.image) throw client('Container.image should not be null or blank.');
  if (memory === undefined && container.memory === undefined && container.memoryReservation === undefined)
    throw client(
      "Invalid setting for container '" +
        container.name +
        "'. At least one of 'memory' or 'memoryReservation' must be specified.",
    );
  if ((container.stopTimeout ?? 0) > 120) throw client('Container stopTimeout must be at most 120 seconds.');
}

function checkFargate(given: Registered, containers: ContainerDefinition[]): void {
  const { networkMode, cpu, memory, executionRoleArn } = given;
  if (networkMode !== 'awsvpc') throw client("Fargate only supports network mode 'awsvpc'.");
  if (cpu === undefined) throw client("Fargate requires that 'cpu' be defined at the task level.");
  if (memory === undefined) throw client("Fargate requires that 'memory' be defined at the task level.");
  if (!isFargateSize(cpu, memory))
    throw client(
      `No Fargate configuration exists for given values: ${cpu} CPU, ${memory} memory. See the Amazon ECS documentation for the valid values.`,
    );
  const logs = containers.some(({ logConfiguration }) => logConfiguration?.logDriver === 'awslogs');
  if (logs && !executionRoleArn)
    throw client('Fargate requires task definition to have execution role ARN to support log driver awslogs.');
}
