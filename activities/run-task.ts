import { Context, log } from '@temporalio/activity';
import { getJson, putJson } from '../lake/object-store.js';
import { taskLog } from '../lake/task-log.js';
import { triedElsewhere } from '../model/errors.js';
import { keys } from '../model/keys.js';
import type { ObjectRef } from '../model/plan.js';
import { redactor } from '../model/redact.js';
import type { TaskLine, TaskResult } from '../model/task.js';
import { secretsOf } from '../sources/secrets/secrets.js';
import { followTask } from '../tasks/follow.js';
import { mostResultBytes, taskResult } from '../tasks/result.js';
import type { Alive } from './alive.js';
import type { Dependencies } from './dependencies.js';
import { taskOrders, type TaskAsked } from './task-order.js';
import { taskRunners } from './task-runners.js';

interface TaskDone<T> {
  result: TaskResult | undefined;
  output: T;
}

/** which try of a step's task is under way; a task that outlives its worker is found by it */
interface TaskState {
  tries: number;
  handle?: string;
  isOver?: true;
}

/** ms before the end of an attempt at which its task is stopped, on top of its grace */
const timeToStop = 5_000;

/** runs a task of a step, from its start or from where another worker left it; `take` reads what it left, before that is gone */
export function taskRuns(dependencies: Dependencies) {
  const { environment, envFile, store, settings, redact = redactor(environment) } = dependencies;
  const secrets = secretsOf({ environment, envFile, redact });
  const runnerOf = taskRunners(dependencies);
  const ordered = taskOrders({ environment, settings, secrets, redact });

  return async function runTask<T>(
    asked: TaskAsked,
    alive: Alive,
    take: (left: { stdout(): AsyncIterable<Uint8Array>; rawPrefix: ObjectRef }) => Promise<T>,
  ): Promise<TaskDone<T>> {
    const { run, plan, program, step, task } = asked;
    const { attempt, startToCloseTimeoutMs } = Context.current().info;
    const began = Date.now();
    const runner = await runnerOf(program);
    const name = task === undefined ? step : `${step}.${task}`;
    const stateAt = { bucket: plan.lakeBucket, key: keys.step(run, `${name}.task`) };
    const keepState = (state: TaskState) => putJson(store, stateAt, state);
    const before = (await store.exists(stateAt)) ? await getJson<TaskState>(store, stateAt) : undefined;
    // a process ends with its worker, so that another try is another task
    const found = runner.outlives && before && !before.isOver ? before : undefined;
    const tries = found?.tries ?? (before?.tries ?? 0) + 1;
    const rawPrefix = { bucket: plan.rawBucket, key: keys.rawTask(run, tries, task && name) };
    const order = await ordered(
      { ...asked, handsOver: runner.handsOver, timeout: startToCloseTimeoutMs },
      tries,
      rawPrefix,
    );
    const kept = taskLog({ store, bucket: plan.lakeBucket, run, name, tries, attempt });
    // it is counted before it begins: whatever it wrote, the next one writes elsewhere
    if (!found) await keepState({ tries });

    const limit = startToCloseTimeoutMs || Infinity;
    let handle = found?.handle;
    try {
      await followTask(runner, order, {
        signal: alive.signal,
        isLeft: (reason) => reason instanceof Error && triedElsewhere.includes(reason.message),
        deadline: began + Math.max(limit - program.grace - timeToStop, limit / 2),
        ...(handle !== undefined && { handle }),
        from: found && (await kept.kept()),
        async onStart(started) {
          handle = started;
          if (runner.outlives && !found?.handle) await keepState({ tries, handle: started });
        },
        async onFault() {
          if (runner.outlives) await keepState({ tries, isOver: true });
        },
        onLines: (lines, next) => keep(kept, order.name, lines, next),
        sign: () => alive.sign(),
      });
      const result = taskResult(order.name, await runner.result(order, handle ?? '', mostResultBytes));
      return { result, output: await take({ stdout: () => runner.stdout(handle ?? ''), rawPrefix }) };
    } finally {
      // first what runs: the lake may be away
      if (handle !== undefined) await runner.forget(handle);
      await kept.end();
    }
  };

  function keep(kept: ReturnType<typeof taskLog>, task: string, lines: TaskLine[], next: string | undefined) {
    const hidden = lines.map(({ at, text }) => ({ at, text: redact(text) }));
    for (const { text } of hidden) log.info(text, { task });
    return kept.add(hidden, next);
  }
}
