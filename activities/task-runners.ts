import { TerminalError } from '../model/errors.js';
import type { ObjectRef } from '../model/plan.js';
import type { TaskProgram } from '../model/task.js';
import type { DockerSettings } from '../model/task-settings.js';
import { s3Place } from '../tasks/credentials.js';
import { processRunner } from '../tasks/process-runner.js';
import type { TaskRunner } from '../tasks/runner.js';
import type { Dependencies } from './dependencies.js';

type Needed = Pick<Dependencies, 'environment' | 'projectFolder' | 'settings' | 'store'>;

/** what runs a program: a process here, or where the settings say if it has an image or a task definition */
export function taskRunners({ environment, projectFolder, settings, store }: Needed) {
  let processes: TaskRunner | undefined;
  let containers: Promise<TaskRunner> | undefined;
  let docker: Promise<TaskRunner> | undefined;
  return async ({ container }: TaskProgram): Promise<TaskRunner> => {
    if (!container) return (processes ??= processRunner({ environment, folder: projectFolder ?? process.cwd() }));
    if (settings.tasks.docker && container.image) return (docker ??= dockerRunnerOf(settings.tasks.docker));
    containers ??= containerRunner();
    containers.catch(() => (containers = undefined));
    return containers;
  };

  async function dockerRunnerOf(on: DockerSettings): Promise<TaskRunner> {
    const { dockerRunner } = await import('../tasks/docker-runner.js');
    return dockerRunner({ settings: on, environment, read });
  }

  /** each with clients that most workers never need */
  async function containerRunner(): Promise<TaskRunner> {
    const { ecs, kubernetes, batch } = settings.tasks;
    if (ecs) {
      const { ecsRunner } = await import('../tasks/ecs-runner.js');
      return ecsRunner({ settings: ecs, read });
    }
    if (batch) {
      const { batchRunner } = await import('../tasks/batch-runner.js');
      return batchRunner({ settings: batch, read });
    }
    if (kubernetes) {
      const { kubernetesRunner } = await import('../tasks/kubernetes/runner.js');
      const { kubernetesPlace } = await import('../tasks/kubernetes/place.js');
      const place = await kubernetesPlace(environment);
      return kubernetesRunner({ settings: kubernetes, place, read, given: s3Place(environment) });
    }
    throw new TerminalError(
      'TaskRefused',
      'a task runs in a container, and none of WATERCLOCK_ECS_CLUSTER, WATERCLOCK_KUBERNETES_NAMESPACE, WATERCLOCK_BATCH_QUEUE and WATERCLOCK_DOCKER is set',
    );
  }

  async function read(ref: ObjectRef): Promise<string | undefined> {
    return (await store.exists(ref)) ? Buffer.from(await store.get(ref)).toString() : undefined;
  }
}
