import { putJson } from '../lake/object-store.js';
import { TerminalError } from '../model/errors.js';
import { keys } from '../model/keys.js';
import type { StepInput } from '../model/plan.js';
import type { TaskDone, TaskManifest } from '../model/task-manifest.js';
import { resultText } from '../tasks/result.js';
import { alive } from './alive.js';
import type { Dependencies } from './dependencies.js';
import { runSyncTask } from './run-sync-task.js';
import { taskRuns } from './run-task.js';

/** a program before or after the run's own steps */
export function runStepTask(dependencies: Dependencies, step: TaskManifest['step']) {
  const runTask = taskRuns(dependencies);
  const runSync = runSyncTask(dependencies);
  const { store } = dependencies;
  return ({ run, plan, task }: StepInput & { task: string }): Promise<TaskDone> => {
    const program = plan.tasks?.[step].find(({ name }) => name === task);
    const sync = program?.sync;
    return alive(async (alive) => {
      if (!program) throw new TerminalError('InvalidDefinition', `the plan has no task '${task}' ${step} its steps`);
      const asked = { run, plan, step, task };
      const { result } = sync
        ? { result: await runSync({ ...asked, sync }, alive) }
        : await runTask({ ...asked, program }, alive, () => Promise.resolve());
      const manifest: TaskManifest = { step, run, task, ...(result && { result }) };
      const ref = { bucket: plan.lakeBucket, key: keys.step(run, step, task) };
      const told = resultText(result);
      return { manifest: await putJson(store, ref, manifest), ...(told && { told }) };
      // a sync that goes on is not looked at more often than its `poll` says
    }, sync?.timeout);
  };
}
