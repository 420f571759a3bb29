import { defaultPayloadConverter } from '@temporalio/common';
import { stepOf } from '../model/steps.js';
import type { WorkflowHandle } from '@temporalio/client';
import { notReady } from '../model/errors.js';
import type { RunInput } from '../model/plan.js';
import { iso } from '../model/interval.js';
import { upstreamLoaded } from '../model/names.js';

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;
export type HistoryEvent = NonNullable<History['events']>[number];
type Failure = NonNullable<NonNullable<HistoryEvent['workflowExecutionFailedEventAttributes']>['failure']>;
type Payloads = NonNullable<HistoryEvent['workflowExecutionStartedEventAttributes']>['input'];

/** one thing that happened to a run */
export interface Told {
  /** ISO, to the millisecond */
  at: string;
  /** `run` for what is no step's */
  step: string;
  entity?: string;
  part?: number;
  attempt?: number;
  worker?: string;
  isFailure?: true;
  /** a line of a task */
  isOutput?: true;
  text: string;
  /** stack traces */
  detail?: string;
}

/** activities whose names are not their steps' */
const stepsOf: Record<string, string> = {
  ...stepOf,
  needBuild: 'dbt',
  askForSlot: 'extract',
  ready: 'wait',
  ensureRun: 'run',
};

interface Task extends Pick<Told, 'step' | 'entity' | 'part'> {
  startedAt?: number;
}

/** what a run's history tells a data engineer, oldest first; of a retried attempt it keeps the last failure */
export function storyOf(events: HistoryEvent[]): Told[] {
  const tasks = new Map<number, Task>();
  const story: Told[] = [];
  for (const event of events) {
    const at = new Date(millis(event.eventTime));
    const tell = (told: Omit<Told, 'at'>) => story.push({ at: at.toISOString(), ...told });
    const taskOf = (id: unknown): Task => tasks.get(Number(id)) ?? { step: 'run' };
    const labels = ({ startedAt: _startedAt, ...rest }: Task) => rest;
    const took = ({ startedAt }: Task) => (startedAt ? ` in ${((at.getTime() - startedAt) / 1000).toFixed(1)} s` : '');

    const scheduled = event.activityTaskScheduledEventAttributes;
    const started = event.activityTaskStartedEventAttributes;
    const completed = event.activityTaskCompletedEventAttributes;
    const broken = event.activityTaskFailedEventAttributes ?? event.activityTaskTimedOutEventAttributes;
    if (scheduled) {
      const given = decoded(scheduled.input)[0] as { entity?: string; task?: string; part?: number } | undefined;
      const entity = given?.entity ?? given?.task;
      const name = scheduled.activityType?.name ?? 'unknown';
      tasks.set(Number(event.eventId), {
        step: stepsOf[name] ?? name,
        ...(entity !== undefined && { entity }),
        ...(given?.part !== undefined && { part: given.part }),
      });
    } else if (started) {
      const task = taskOf(started.scheduledEventId);
      const attempt = started.attempt ?? 1;
      if (started.lastFailure) {
        const before = attempt - 1;
        tell({
          ...labels(task),
          attempt: before,
          ...(lookOf(started.lastFailure, before) ?? failed(started.lastFailure, `attempt ${before} failed`)),
        });
      }
      task.startedAt = at.getTime();
      const worker = started.identity ?? '';
      tell({ ...labels(task), attempt, worker, text: `attempt ${attempt} started by worker ${worker}` });
    } else if (completed) {
      const task = taskOf(completed.scheduledEventId);
      const counts = task.step === 'plan' ? '' : countsOf(decoded(completed.result)[0]);
      tell({ ...labels(task), text: `done${took(task)}${counts && `: ${counts}`}` });
    } else if (broken) {
      const task = taskOf(broken.scheduledEventId);
      const how = event.activityTaskTimedOutEventAttributes ? 'timed out' : 'failed';
      tell({ ...labels(task), ...failed(broken.failure, `${how}${took(task)}, for good`) });
    } else if (event.activityTaskCanceledEventAttributes) {
      const task = taskOf(event.activityTaskCanceledEventAttributes.scheduledEventId);
      tell({ ...labels(task), text: `cancelled${took(task)}` });
    } else tellOther(event, tell);
  }
  return story;
}

function tellOther(event: HistoryEvent, tell: (told: Omit<Told, 'at'>) => void): void {
  const run = (text: string) => tell({ step: 'run', text });
  const begun = event.workflowExecutionStartedEventAttributes;
  const update = event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest;
  const signalled = event.workflowExecutionSignaledEventAttributes;
  const child = event.startChildWorkflowExecutionInitiatedEventAttributes;
  if (begun) {
    const { trigger, from, source, params } = (decoded(begun.input)[0] ?? {}) as Partial<RunInput>;
    const given = params && Object.keys(params).length > 0 ? `, params ${JSON.stringify(params)}` : '';
    const retried = from ? `, from ${from}${source ? ` on what run ${source} left` : ''}` : '';
    run(`started (${trigger ?? 'by another workflow'})${retried}${given}`);
  } else if (event.timerStartedEventAttributes) {
    const seconds = Number(event.timerStartedEventAttributes.startToFireTimeout?.seconds ?? 0);
    run(`a timer is set for ${iso(Math.round(millis(event.eventTime) / 1000 + seconds) * 1000)}`);
  } else if (signalled?.signalName === 'built') {
    const answer = decoded(signalled.input)[0] as { result?: object; error?: { type: string; message: string } };
    const text = answer?.error ? `${answer.error.type}: ${answer.error.message}` : countsOf(answer?.result);
    tell({
      step: 'dbt',
      ...(answer?.error && { isFailure: true as const }),
      text: `the shared build answered: ${text}`,
    });
  } else if (signalled?.signalName === upstreamLoaded) {
    tell({ step: 'wait', text: `a signal: ${decoded(signalled.input).join(' ')} has loaded` });
  } else if (update) {
    run(
      `told to ${[update.input?.name ?? 'update', ...decoded(update.input?.args).map(argumentText)].filter(Boolean).join(' ')}`,
    );
  } else if (child) {
    run(`${child.workflowType?.name === 'alert' ? 'raised' : 'started'} ${child.workflowId ?? 'an alert'}`);
  } else if (event.workflowExecutionCancelRequestedEventAttributes) {
    run('asked to end');
  } else if (event.workflowExecutionCompletedEventAttributes) {
    run('completed');
  } else if (event.workflowExecutionFailedEventAttributes) {
    tell({ step: 'run', ...failed(event.workflowExecutionFailedEventAttributes.failure, 'failed') });
  } else if (event.workflowExecutionCanceledEventAttributes) {
    run('cancelled');
  } else if (event.workflowExecutionTerminatedEventAttributes) {
    run(`terminated: ${event.workflowExecutionTerminatedEventAttributes.reason ?? ''}`);
  } else if (event.workflowExecutionTimedOutEventAttributes) {
    run('timed out');
  }
}

type Pending = NonNullable<Awaited<ReturnType<WorkflowHandle['describe']>>['raw']['pendingActivities']>[number];

/** what a running run is at, and why its last attempt failed */
export function pendingStory(pending: Pending[], now: number): Told[] {
  return pending.map((task) => {
    const name = task.activityType?.name ?? 'unknown';
    const attempt = task.attempt ?? 1;
    const next = task.scheduledTime ? millis(task.scheduledTime) - now : 0;
    const state = task.lastStartedTime && next <= 0 ? 'under way' : 'waits for a worker';
    const text = next > 0 ? `attempt ${attempt} begins in ${Math.ceil(next / 1000)} s` : `attempt ${attempt} ${state}`;
    const looked = lookOf(task.lastFailure, attempt - 1);
    if (looked) return { at: new Date(now).toISOString(), step: stepsOf[name] ?? name, attempt, ...looked };
    const why = task.lastFailure ? failed(task.lastFailure, `${text}; the one before failed`) : { text };
    return { at: new Date(now).toISOString(), step: stepsOf[name] ?? name, attempt, ...why };
  });
}

/** a run that waits looks again and again: nothing has failed */
function lookOf(failure: Failure | null | undefined, count: number): Pick<Told, 'text'> | undefined {
  if (failure?.applicationFailureInfo?.type !== notReady) return undefined;
  return { text: `looked ${count} ${count === 1 ? 'time' : 'times'}: ${failure.message ?? 'it is not there'}` };
}

function failed(failure: Failure | null | undefined, how: string): Pick<Told, 'isFailure' | 'text' | 'detail'> {
  const chain: Failure[] = [];
  for (let one: Failure | null | undefined = failure; one && chain.length < 8; one = one.cause) chain.push(one);
  const words = ({ applicationFailureInfo, timeoutFailureInfo, message }: Failure) =>
    [applicationFailureInfo?.type, timeoutFailureInfo && 'timeout', message].filter(Boolean).join(': ');
  const detail = chain
    .map((one, at) => [at > 0 ? `caused by ${words(one)}` : '', one.stackTrace ?? ''].filter(Boolean).join('\n'))
    .filter(Boolean)
    .join('\n');
  const [first] = chain;
  return { isFailure: true, text: first ? `${how}: ${words(first)}` : how, ...(detail && { detail }) };
}

/** numbers and words of a step's result, without its references */
function countsOf(result: unknown): string {
  if (typeof result !== 'object' || result === null) return '';
  const { counts = {}, ...own } = result as Record<string, unknown>;
  return Object.entries({ ...own, ...(counts as object) })
    .filter(([, value]) => typeof value === 'number' || typeof value === 'string')
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');
}

/** of an Update: `retry`, or who says it and why */
function argumentText(argument: unknown): string {
  if (argument === null || argument === undefined) return '';
  if (typeof argument !== 'object') return typeof argument === 'string' ? argument : JSON.stringify(argument);
  const { by, note, ...rest } = argument as Record<string, unknown>;
  const others = Object.entries(rest).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  const who = typeof by === 'string' ? `by ${by}` : '';
  return [others.join(', '), typeof note === 'string' ? `${who}: ${note}` : who].filter(Boolean).join(' ');
}

function decoded(payloads: Payloads): unknown[] {
  return (payloads?.payloads ?? []).map((payload) => defaultPayloadConverter.fromPayload<unknown>(payload));
}

function millis(time: HistoryEvent['eventTime']): number {
  return Number(time?.seconds ?? 0) * 1000 + Math.floor((time?.nanos ?? 0) / 1_000_000);
}
