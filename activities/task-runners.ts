import { TerminalError } from '../model/errors.js';
import type { ObjectRef } from '../model/plan.js';
import type { TaskProgram } from '../model/task.js';
import { s3Place } from '../tasks/credentials.js';
import { processRunner } from '../tasks/process-runner.js';
import type { TaskRunner } from '../tasks/runner.js';
import type { Dependencies } from './dependencies.js';

type Needed = Pick<Dependencies, 'environment' | 'projectFolder' | 'settings' | 'store'>;

/** what runs a program: a process here, or where the settings say if it has an image or a task definition */
export function taskRunners({ environment, projectFolder, settings, store }: Needed) {
  let processes: TaskRunner | undefined;
  let containers: Promise<TaskRunner> | undefined;
  return async ({ container }: TaskProgram): Promise<TaskRunner> => {
    if (!container) return (processes ??= processRunner({ environment, folder: projectFolder ?? process.cwd() }));
    containers ??= containerRunner();
    containers.catch(() => (containers = undefined));
    return containers;
  };

  /** each with clients that most workers never need */
  async function containerRunner(): Promise<TaskRunner> {
    const { ecs, kubernetes } = settings.tasks;
    if (ecs) {
      const { ecsRunner } = await import('../tasks/ecs-runner.js');
      return ecsRunner({ settings: ecs, read });
    }
    if (kubernetes) {
      const { kubernetesRunner } = await import('../tasks/kubernetes/runner.js');
      const { kubernetesPlace } = await import('../tasks/kubernetes/place.js');
      const place = await kubernetesPlace(environment);
      return kubernetesRunner({ settings: kubernetes, place, read, given: s3Place(environment) });
    }
    throw new TerminalError(
      'TaskRefused',
      'a task has an image, and neither WATERCLOCK_ECS_CLUSTER nor WATERCLOCK_KUBERNETES_NAMESPACE is set',
    );
  }

  async function read(ref: ObjectRef): Promise<string | undefined> {
    return (await store.exists(ref)) ? Buffer.from(await store.get(ref)).toString() : undefined;
  }
}
