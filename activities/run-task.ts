import { Context, log } from '@temporalio/activity';
import { getJson, putJson } from '../lake/object-store.js';
import { taskLog } from '../lake/task-log.js';
import { triedElsewhere } from '../model/errors.js';
import { isSecret } from '../model/http-source.js';
import { keys } from '../model/keys.js';
import type { ObjectRef, StepInput } from '../model/plan.js';
import { redactor } from '../model/redact.js';
import type { TaskLine, TaskProgram, TaskResult } from '../model/task.js';
import { withTimes } from '../model/times.js';
import { secretsOf } from '../sources/secrets/secrets.js';
import { contractVariables } from '../tasks/contract.js';
import { taskCredentials } from '../tasks/credentials.js';
import { followTask } from '../tasks/follow.js';
import { processRunner } from '../tasks/process-runner.js';
import { mostResultBytes, taskResult } from '../tasks/result.js';
import type { TaskOrder, TaskRunner } from '../tasks/runner.js';
import type { Alive } from './alive.js';
import type { Dependencies } from './dependencies.js';

interface TaskAsked extends StepInput {
  step: string;
  /** of one of several tasks of a step */
  task?: string;
  program: TaskProgram;
  keepsStdout?: boolean;
  writesRaw?: boolean;
}

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
  const { environment, envFile, store, settings, projectFolder, redact = redactor(environment) } = dependencies;
  const secrets = secretsOf({ environment, envFile, redact });
  const runner: TaskRunner = processRunner({ environment, folder: projectFolder ?? process.cwd() });

  return async function runTask<T>(
    asked: TaskAsked,
    alive: Alive,
    take: (left: { stdout(): AsyncIterable<Uint8Array>; rawPrefix: ObjectRef }) => Promise<T>,
  ): Promise<TaskDone<T>> {
    const { run, plan, program } = asked;
    const { attempt, startToCloseTimeoutMs } = Context.current().info;
    const began = Date.now();
    const name = asked.task === undefined ? asked.step : `${asked.step}.${asked.task}`;
    const stateAt = { bucket: plan.lakeBucket, key: keys.step(run, `${name}.task`) };
    const before = (await store.exists(stateAt)) ? await getJson<TaskState>(store, stateAt) : undefined;
    const isFound = before !== undefined && !before.isOver && runner.outlives;
    const tries = isFound ? before.tries : (before?.tries ?? 0) + 1;
    const rawPrefix = { bucket: plan.rawBucket, key: keys.rawTask(run, tries) };
    const order = await orderOf(asked, tries, rawPrefix);
    const kept = taskLog({ store, bucket: plan.lakeBucket, run, name, tries, attempt });
    const from = isFound ? await kept.kept() : undefined;
    // it is counted before it begins: whatever it wrote, the next one writes elsewhere
    if (!isFound) await putJson(store, stateAt, { tries } satisfies TaskState);

    const limit = startToCloseTimeoutMs || Infinity;
    let handle: string | undefined;
    try {
      await followTask(runner, order, {
        signal: alive.signal,
        isLeft: (reason) => reason instanceof Error && triedElsewhere.includes(reason.message),
        deadline: began + Math.max(limit - program.grace - timeToStop, limit / 2),
        from,
        async onStart(started) {
          handle = started;
          if (runner.outlives) await putJson(store, stateAt, { tries, handle: started } satisfies TaskState);
        },
        onLines: (lines, next) => keep(kept, order.name, lines, next),
        sign: () => alive.sign(),
      });
      const result = taskResult(order.name, await runner.result(order.id, mostResultBytes));
      return { result, output: await take({ stdout: () => runner.stdout(order.id), rawPrefix }) };
    } finally {
      await kept.end();
      const isLeft =
        runner.outlives && triedElsewhere.includes((alive.signal.reason as Error | undefined)?.message ?? '');
      if (!isLeft) {
        if (runner.outlives) await putJson(store, stateAt, { tries, isOver: true } satisfies TaskState);
        if (handle !== undefined) await runner.forget(handle);
      }
    }
  };

  function keep(kept: ReturnType<typeof taskLog>, task: string, lines: TaskLine[], next: string | undefined) {
    const hidden = lines.map(({ at, text }) => ({ at, text: redact(text) }));
    for (const { text } of hidden) log.info(text, { task });
    return kept.add(hidden, next);
  }

  async function orderOf(asked: TaskAsked, tries: number, rawPrefix: ObjectRef): Promise<TaskOrder> {
    const { run, plan, step, task, program, keepsStdout = false, writesRaw = false } = asked;
    const needed = Object.values(program.environment).filter(isSecret);
    await secrets.load(needed.map(({ secret }) => secret));
    const filled = (text: string) => withTimes(text, run.interval);
    const own = Object.entries(program.environment).map(([name, value]) => [
      name,
      isSecret(value) ? secrets.value(value.secret) : filled(value),
    ]);
    const address = settings.sources[run.pipeline];
    const given = { run, params: plan.params, step, tries, rawPrefix: writesRaw ? rawPrefix : undefined, address };
    const credentials = writesRaw ? await taskCredentials(environment, settings.tasks.role, rawPrefix) : {};
    for (const name of ['AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'])
      if (credentials[name]) redact.add(credentials[name]);
    const command = program.command.map(filled);
    return {
      id: [run.runId, step, task, tries].filter((part) => part !== undefined).join('-'),
      name: command.slice(0, 2).join(' ').slice(0, 80),
      command,
      environment: {
        ...credentials,
        ...(Object.fromEntries(own) as Record<string, string>),
        ...contractVariables(given),
      },
      grace: program.grace,
      keepsStdout,
    };
  }
}
