import { taskQueues } from '../../model/task-queues.js';
import type { Pipeline } from '../../define/pipeline.js';
import type { Context } from '../context.js';
import { compareDefinitions, deployRemedy } from '../worker-definitions.js';
import { noneMissing, type Check } from './finding.js';

/** so long the service looks back: in the Web UI, and for what is missing */
const retentionDays = 30;
const polledWithin = 120_000;
const taskQueueTypes = { workflow: 1, activity: 2 } as const;

export function temporalChecks(context: Context, pipelines: Pipeline[]): Record<string, Check> {
  const { taskQueue, deployment } = context.settings();
  return {
    temporal: async () => {
      const { connection, namespace } = await context.temporal();
      const { config } = await connection.workflowService.describeNamespace({ namespace });
      const days = Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) / 86_400;
      const found = `namespace ${namespace} keeps history ${days} day${days === 1 ? '' : 's'}`;
      if (days >= retentionDays) return { ok: true, found };
      const remedy = `\`temporal operator namespace update --namespace ${namespace} --retention ${retentionDays}d\``;
      return { ok: false, found: `${found}, fewer than ${retentionDays}`, remedy };
    },
    'search attributes': async () => {
      const { registerSearchAttributes } = await import('../register-search-attributes.js');
      const missing = await registerSearchAttributes(await context.temporal(), true);
      return noneMissing(missing, 'all registered', '`waterclock setup` registers them');
    },
    workers: async () => {
      const { connection, namespace } = await context.temporal();
      const polled = async (name: string, taskQueueType: number) => {
        const { pollers } = await connection.workflowService.describeTaskQueue({
          namespace,
          taskQueue: { name },
          taskQueueType,
        });
        const since = (Date.now() - polledWithin) / 1000;
        return (pollers ?? []).some(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) > since);
      };
      const workflowTasks = { queue: taskQueue, what: 'workflow tasks', type: taskQueueTypes.workflow };
      const steps = taskQueues(taskQueue).map((queue) => ({ queue, what: 'steps', type: taskQueueTypes.activity }));
      const wanted = [workflowTasks, ...steps];
      const isPolled = await Promise.all(wanted.map(({ queue, type }) => polled(queue, type)));
      const missing = wanted.filter((_, at) => !isPolled[at]).map(({ queue, what }) => `${queue} for ${what}`);
      return missing.length === 0
        ? { ok: true, found: `they ask every task queue: ${taskQueues(taskQueue).join(', ')}` }
        : {
            ok: false,
            found: `nobody asked task queue ${missing.join(', ')} in the last two minutes`,
            remedy: 'start a worker with that role: `npm run worker`, or the services of the deployment',
          };
    },
    definitions: async () => {
      const found = await compareDefinitions(context);
      if (!found) return { ok: true, found: 'not compared: no worker says which it has' };
      const { differing } = found;
      return differing.length === 0
        ? { ok: true, found: 'the workers have those of this project' }
        : { ok: false, found: `the workers have others of ${differing.join(', ')}`, remedy: deployRemedy };
    },
    ...(deployment && { deployment: () => deploymentCheck(context, deployment, taskQueue) }),
    schedules: async () => {
      const { client } = await context.temporal();
      const { scheduleId } = await import('../../model/names.js');
      const missing: string[] = [];
      const paused: string[] = [];
      const elsewhere: string[] = [];
      const names = [...pipelines, ...(await context.project()).builds].map(({ name }) => name);
      for (const name of names) {
        const described = await client.schedule
          .getHandle(scheduleId(name))
          .describe()
          .catch((error: Error) => (error.name === 'ScheduleNotFoundError' ? undefined : Promise.reject(error)));
        if (!described) missing.push(name);
        else if (described.state.paused) paused.push(name);
        if (described && described.action.taskQueue !== taskQueue)
          elsewhere.push(`${name} in ${described.action.taskQueue}`);
      }
      if (elsewhere.length > 0) {
        const found = `they start runs in another task queue than ${taskQueue}: ${elsewhere.join(', ')}`;
        return { ok: false, found, remedy: '`waterclock schedule apply`, or set WATERCLOCK_TASK_QUEUE' };
      }
      const found = `${names.length} applied${paused.length > 0 ? `, paused: ${paused.join(', ')}` : ''}`;
      return noneMissing(missing, found, '`waterclock schedule apply`');
    },
  };
}

async function deploymentCheck(context: Context, name: string, taskQueue: string): ReturnType<Check> {
  const { describeDeployment } = await import('../deployment.js');
  const { current, versions } = await describeDeployment(await context.temporal(), name, taskQueue);
  const remedy = '`waterclock deployment show`, then `waterclock deployment current <build id> --wait`';
  if (!current) return { ok: false, found: `no version of ${name} takes the tasks`, remedy };
  const unpolled = versions.find(({ buildId }) => buildId === current)?.unpolled ?? [];
  return unpolled.length === 0
    ? { ok: true, found: `${current} takes the tasks of ${name}` }
    : { ok: false, found: `${current} takes the tasks of ${name}, and leaves ${unpolled.join(', ')}`, remedy };
}
