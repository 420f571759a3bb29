import { client, invalid } from './errors.js';
import { isFargateSize } from './fargate-sizes.js';
import type { RunTaskInput, TaskDefinition } from './shapes.js';

const mostOverrides = 8_192;
const mostTasks = 10;
const mostSubnets = 16;
const mostSecurityGroups = 5;

/** throws what ECS says of a request that it does not take */
export function checkRun(input: RunTaskInput, definition: TaskDefinition): void {
  const { count = 1, overrides, startedBy, clientToken, launchType, capacityProviderStrategy } = input;
  if (definition.status === 'INACTIVE') throw client('TaskDefinition is inactive');
  if (!(count >= 1 && count <= mostTasks)) throw invalid('Count must be between 1 and 10.');
  if (launchType !== undefined && capacityProviderStrategy?.length)
    throw invalid(
      'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
    );
  if (launchType !== undefined && !['EC2', 'FARGATE', 'EXTERNAL'].includes(launchType))
    throw invalid(`Invalid launch type: ${launchType}`);
  if (startedBy !== undefined && !/^[\w\-/]{1,128}$/.test(startedBy))
    throw invalid('startedBy must be at most 128 letters, numbers, hyphens, forward slashes, and underscores.');
  if (clientToken !== undefined && !/^[\x21-\x7e]{1,64}$/.test(clientToken))
    throw invalid('clientToken must be at most 64 ASCII characters in the range of 33-126.');
  checkOverrides(overrides, definition);
  if (isFargate(input) && !definition.requiresCompatibilities?.includes('FARGATE'))
    throw invalid('Task definition does not support launch_type FARGATE.');
  checkNetwork(input, definition);
}

const isFargate = ({ launchType, capacityProviderStrategy }: RunTaskInput): boolean =>
  launchType === 'FARGATE' ||
  (capacityProviderStrategy ?? []).some((one) => one.capacityProvider.startsWith('FARGATE'));

function checkOverrides(overrides: RunTaskInput['overrides'], definition: TaskDefinition): void {
  if (!overrides) return;
  if (JSON.stringify(overrides).length > mostOverrides)
    throw invalid(`Container Overrides length must be at most ${mostOverrides}`);
  for (const { name } of overrides.containerOverrides ?? []) {
    if (!name) throw invalid('Override.containerOverrides.name should not be null or blank.');
    if (!definition.containerDefinitions.some((one) => one.name === name))
      throw invalid(`Override for container named ${name} is not a container in the TaskDefinition.`);
  }
  const { cpu = definition.cpu, memory = definition.memory } = overrides;
  const isChanged = overrides.cpu !== undefined || overrides.memory !== undefined;
  if (isChanged && definition.requiresCompatibilities?.includes('FARGATE') && !isFargateSize(cpu ?? '', memory ?? ''))
    throw client(`No Fargate configuration exists for given values: ${cpu} CPU, ${memory} memory.`);
}

function checkNetwork(input: RunTaskInput, { networkMode }: TaskDefinition): void {
  const network = input.networkConfiguration?.awsvpcConfiguration;
  if (networkMode !== 'awsvpc') {
    if (network) throw invalid('Network Configuration is not valid for the given networkMode of this task definition.');
    return;
  }
  if (!network) throw invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  const { subnets = [], securityGroups = [], assignPublicIp = 'DISABLED' } = network;
  if (subnets.length === 0) throw invalid('subnets can not be empty.');
  if (subnets.length > mostSubnets) throw invalid('subnets can have at most 16 items.');
  if (securityGroups.length > mostSecurityGroups) throw invalid('securityGroups can have at most 5 items.');
  const wrong = subnets.find((one) => !/^subnet-[0-9a-f]+$/.test(one));
  if (wrong !== undefined)
    throw invalid(`Error retrieving subnet information for [${wrong}]: The subnet ID '${wrong}' does not exist`);
  if (!['ENABLED', 'DISABLED'].includes(assignPublicIp)) throw invalid('assignPublicIp must be ENABLED or DISABLED.');
  if (assignPublicIp === 'ENABLED' && !isFargate(input))
    throw invalid('Assign public IP is not supported for this launch type.');
}
