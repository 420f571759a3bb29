import { DescribeServicesCommand, ECSClient, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { refuse } from '../failure.js';

/** services of one ECS cluster, each with the tasks that it has while there is work */
interface OnDemand {
  cluster: string;
  tasks: Map<string, number>;
}

/** `cluster/service=2,other=1` */
export function readOnDemand(text: string): OnDemand {
  const [, cluster = '', list = ''] = /^([\w-]+)\/(.+)$/.exec(text) ?? [];
  const tasks = list.split(',').map((part): [string, number] => {
    const [, service, count] = /^([\w-]+)=([1-9]\d*)$/.exec(part) ?? [];
    if (!service) refuse(`--on-demand ${text}: must be like cluster/service=2,other=1`);
    return [service, Number(count)];
  });
  return { cluster, tasks: new Map(tasks) };
}

export interface Services {
  /** some service is meant to have tasks */
  areUp(): Promise<boolean>;
  /** gives each service its tasks, or none; asks for a change only where there is one */
  setWanted(wanted: boolean): Promise<string[]>;
}

export function ecsServices({ cluster, tasks }: OnDemand): Services {
  const ecs = new ECSClient({ maxAttempts: 5 });
  async function desired(): Promise<Map<string, number>> {
    const { services = [] } = await ecs.send(new DescribeServicesCommand({ cluster, services: [...tasks.keys()] }));
    const counts = new Map(services.map(({ serviceName = '', desiredCount = 0 }) => [serviceName, desiredCount]));
    const lacking = [...tasks.keys()].filter((service) => !counts.has(service));
    if (lacking.length > 0) throw new Error(`the cluster ${cluster} has no service ${lacking.join(', ')}`);
    return counts;
  }
  return {
    areUp: async () => [...(await desired()).values()].some((count) => count > 0),
    async setWanted(wanted) {
      const counts = await desired();
      const changes = [...tasks].flatMap(([service, most]) => {
        const [from = 0, to] = [counts.get(service), wanted ? most : 0];
        return from === to ? [] : [{ service, from, to }];
      });
      for (const { service, to } of changes) {
        await ecs.send(new UpdateServiceCommand({ cluster, service, desiredCount: to }));
      }
      return changes.map(({ service, from, to }) => `${service}: ${from} to ${to} tasks`);
    },
  };
}
