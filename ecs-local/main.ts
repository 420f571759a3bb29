import type { EcsLocalOptions } from './server.js';
import { startEcsLocal } from './server.js';
import type { TaskDefinition } from './shapes.js';

interface Setup extends Pick<EcsLocalOptions, 'images' | 'environment' | 'secrets' | 'clusters' | 'accessKeyId'> {
  logGroups?: string[];
  taskDefinitions?: Partial<TaskDefinition>[];
}

// PORT, ECS_LOCAL_REGION, and ECS_LOCAL_SETUP: JSON of images, variables, secrets, log groups and task definitions
const { PORT = '0', ECS_LOCAL_REGION: region = 'us-east-1', ECS_LOCAL_SETUP: text = '{}' } = process.env;
const { logGroups = [], taskDefinitions = [], ...options } = JSON.parse(text) as Setup;
const server = await startEcsLocal({ ...options, port: Number(PORT), region });
for (const name of logGroups) server.createLogGroup(name);
for (const definition of taskDefinitions) server.register(definition);
console.log(`ecs-local listening on ${server.url}`);

let closing = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    if (closing) return;
    closing = true;
    void server.close().finally(() => process.exit(0));
  });
}
