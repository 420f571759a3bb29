import type { SyncTask } from '../model/airbyte-sync.js';
import type { RunTasks, TaskSource, TaskStep } from '../model/task.js';
import { secretProblems, taskProblems } from './task-problems.js';

/** the tasks of a run as plain data; adds what is wrong with them to `problems` */
export function runTasksOf(
  { before = [], after = [] }: { before?: (TaskSource | SyncTask)[]; after?: (TaskSource | SyncTask)[] },
  problems: string[],
): RunTasks {
  const step = (task: TaskSource | SyncTask): TaskStep => {
    if (task.kind === 'sync') return { name: task.name, command: [], environment: {}, grace: 0, sync: task.sync };
    const { name = '', command, environment, grace, container } = task;
    return { name, command, environment, grace, ...(container && { container }) };
  };
  const tasks = { before: before.map(step), after: after.map(step) };
  for (const one of [...before, ...after]) {
    const { name = '' } = one;
    const of = (problem: string) => `task '${name}': ${problem}`;
    if (!/^[a-z][a-z0-9_]{0,39}$/.test(name))
      problems.push(`a task before or after a run needs a \`name\`, lower snake_case, got '${name}'`);
    if (one.kind === 'sync') problems.push(...secretProblems(one.sync.auth).map(of));
    else problems.push(...taskProblems(one).map(of));
    if (one.kind === 'task' && one.output === 'stdout')
      problems.push(of('only what a source prints is read: leave `output` out'));
  }
  for (const [when, list] of Object.entries(tasks)) {
    const names = list.map(({ name }) => name);
    const twice = names.find((name, at) => names.indexOf(name) < at);
    if (twice !== undefined) problems.push(`two tasks of \`${when}\` are named '${twice}'`);
  }
  return tasks;
}
