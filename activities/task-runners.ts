import { TerminalError } from '../model/errors.js';
import type { ObjectRef } from '../model/plan.js';
import type { TaskProgram } from '../model/task.js';
import { processRunner } from '../tasks/process-runner.js';
import type { TaskRunner } from '../tasks/runner.js';
import type { Dependencies } from './dependencies.js';

type Needed = Pick<Dependencies, 'environment' | 'projectFolder' | 'settings' | 'store'>;

/** what runs a program: ECS if it has an image or a task definition, else a process here */
export function taskRunners({ environment, projectFolder, settings, store }: Needed) {
  let processes: TaskRunner | undefined;
  let ecs: TaskRunner | undefined;
  return async ({ container }: TaskProgram): Promise<TaskRunner> => {
    if (!container) return (processes ??= processRunner({ environment, folder: projectFolder ?? process.cwd() }));
    const on = settings.tasks.ecs;
    if (!on) throw new TerminalError('TaskRefused', 'a task has an image, and WATERCLOCK_ECS_CLUSTER is not set');
    // clients of AWS that most workers never need
    const { ecsRunner } = await import('../tasks/ecs-runner.js');
    return (ecs ??= ecsRunner({ settings: on, read }));
  };

  async function read(ref: ObjectRef): Promise<string | undefined> {
    return (await store.exists(ref)) ? Buffer.from(await store.get(ref)).toString() : undefined;
  }
}
