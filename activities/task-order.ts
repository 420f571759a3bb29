import { isSecret } from '../model/http-source.js';
import type { ObjectRef, StepInput } from '../model/plan.js';
import type { Redactor } from '../model/redact.js';
import type { Settings } from '../model/settings.js';
import { taskFamily, type TaskProgram } from '../model/task.js';
import { withTimes } from '../model/times.js';
import type { Secrets } from '../sources/secrets/secrets.js';
import { contractVariables } from '../tasks/contract.js';
import { taskCredentials } from '../tasks/credentials.js';
import type { TaskOrder } from '../tasks/runner.js';

export interface TaskAsked extends StepInput {
  step: string;
  /** of one of several tasks of a step */
  task?: string;
  program: TaskProgram;
  /** ms that an attempt of the step may take; 0 without a limit */
  timeout?: number;
  keepsStdout?: boolean;
  writesRaw?: boolean;
}

/** an order as its runner needs it */
interface Ordered extends TaskAsked {
  /** it is given secrets and credentials */
  handsOver: boolean;
}

interface Given {
  environment: Record<string, string | undefined>;
  settings: Settings;
  secrets: Secrets;
  redact: Redactor;
}

/** a task with everything filled in, but secrets and credentials where everyone who may describe tasks would see them */
export function taskOrders({ environment, settings, secrets, redact }: Given) {
  return async (asked: Ordered, tries: number, rawPrefix: ObjectRef): Promise<TaskOrder> => {
    const { run, plan, step, task, program, handsOver, timeout, keepsStdout = false, writesRaw = false } = asked;
    const { container } = program;
    const filled = (text: string) => withTimes(text, run.interval);
    const command = program.command.map(filled);
    const address = settings.sources[run.pipeline];
    const given = { run, params: plan.params, step, tries, rawPrefix: writesRaw ? rawPrefix : undefined, address };
    const texts = Object.entries(program.environment).filter(([, value]) => typeof value === 'string');
    const own = Object.fromEntries(texts.map(([name, value]) => [name, filled(value as string)]));
    const hidden = !handsOver ? {} : await hiddenOf(program, writesRaw ? rawPrefix : undefined);
    const prefix = settings.tasks.ecs?.families ?? settings.tasks.batch?.definitions ?? '';
    const name = task === undefined ? step : `${step}-${task}`;
    return {
      id: [run.runId, name, tries].join('-'),
      name: nameOf(asked, command),
      command,
      environment: { ...hidden, ...own, ...contractVariables(given) },
      ...(timeout && { timeout }),
      grace: program.grace,
      keepsStdout,
      ...(container && {
        secrets: Object.fromEntries(secretsOf(program)),
        resultAt: { bucket: rawPrefix.bucket, key: `${rawPrefix.key}_result.json` },
        container: {
          ...container,
          family: container.taskDefinition ?? taskFamily(prefix, run.pipeline, name),
        },
      }),
    };
  };

  async function hiddenOf(program: TaskProgram, prefix: ObjectRef | undefined): Promise<Record<string, string>> {
    const needed = secretsOf(program);
    await secrets.load(needed.map(([, secret]) => secret));
    const credentials = prefix ? await taskCredentials(environment, settings.tasks.role, prefix) : {};
    for (const name of ['AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'])
      if (credentials[name]) redact.add(credentials[name]);
    return { ...credentials, ...Object.fromEntries(needed.map(([name, secret]) => [name, secrets.value(secret)])) };
  }
}

/** their names, by variable */
const secretsOf = ({ environment }: TaskProgram): [string, string][] =>
  Object.entries(environment).flatMap(([name, value]) => (isSecret(value) ? [[name, value.secret]] : []));

/** as messages name it */
function nameOf({ task, step, program: { container } }: TaskAsked, command: string[]): string {
  const program = command.slice(0, 2).join(' ') || (container?.image ?? container?.taskDefinition ?? '');
  return task ?? (program.slice(0, 80) || step);
}
