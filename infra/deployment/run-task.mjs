import { DescribeTasksCommand, ECSClient, RunTaskCommand } from '@aws-sdk/client-ecs';
import { respond } from './respond.mjs';

/** milliseconds between two looks at the task */
const pause = 2000;

/** runs one task to its end; a container that exits with another code than 0 fails the deployment */
export function handler(event) {
  return respond(event, async ({ Cluster, TaskDefinition, Subnets, SecurityGroups }) => {
    const ecs = new ECSClient({ maxAttempts: 8 });
    const { tasks = [], failures = [] } = await ecs.send(
      new RunTaskCommand({
        cluster: Cluster,
        taskDefinition: TaskDefinition,
        launchType: 'FARGATE',
        networkConfiguration: { awsvpcConfiguration: { subnets: Subnets, securityGroups: SecurityGroups } },
      }),
    );
    const [started] = tasks;
    if (!started)
      throw new Error(`no task of ${TaskDefinition} was started: ${failures[0]?.reason ?? 'no reason given'}`);
    let task = started;
    while (task.lastStatus !== 'STOPPED') {
      await new Promise((resolve) => setTimeout(resolve, pause));
      const seen = await ecs.send(new DescribeTasksCommand({ cluster: Cluster, tasks: [started.taskArn] }));
      task = seen.tasks?.[0] ?? task;
    }
    const codes = (task.containers ?? []).map(({ name, exitCode }) => `${name} ${exitCode ?? 'did not start'}`);
    if (task.containers?.some(({ exitCode }) => exitCode !== 0)) {
      throw new Error(
        `the task ${started.taskArn} ended with ${codes.join(', ')}: ${task.stoppedReason ?? 'see its log'}`,
      );
    }
  });
}
