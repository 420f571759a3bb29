import { timeSkipping, type TimeSkipping } from './time-skipping.js';
import { world as deploy, type World } from './world.js';

export interface OnServer {
  world: TimeSkipping;
  deployment: World;
  close(): Promise<void>;
}

/** workflows with fakes on the stack's own server, for what is a question of real time */
export async function onServer(): Promise<OnServer> {
  const deployment = await deploy();
  const { TEMPORAL_ADDRESS: address = '', TEMPORAL_NAMESPACE: namespace = '' } = deployment.environment;
  const world = await timeSkipping({ address, namespace });
  return {
    world,
    deployment,
    async close() {
      await world.environment.teardown();
      await deployment.close();
    },
  };
}
