import { duration } from '../model/interval.js';
import { steps, type Step } from '../model/steps.js';
import { timeProblems } from '../model/times.js';
import { alertChannels, alertKinds, type AlertChannel, type AlertKind, type Policy } from '../model/policy.js';
import { labelProblems } from './labels.js';

/** durations are written like `'5 minutes'` */
export interface PolicyOptions {
  /** who answers for the pipeline, as in `'data-platform'`: shown by `pipelines` and `runs`, and in every alert */
  owner?: string;
  /** what it is filed under, as in `['finance', 'pii']` */
  tags?: string[];
  /** `park`: a failed step waits for `waterclock resolve`; `fail` when absent */
  onFailure?: 'fail' | 'park';
  /** how long it waits; 24 hours when absent */
  parkFor?: string;
  /** how a step is tried; without `attempts` until the retry budget ends, and without end where a run has none */
  retries?: Partial<Record<Step, { attempts?: number; initial?: string; maximum?: string; timeout?: string }>>;
  /**
   * how long a step may go on failing, counted from its first failure, or `unlimited`; when absent, a scheduled run has
   * the time between two intervals, others try eight times
   */
  retryBudget?: string;
  /** kinds left out go to the log */
  alerts?: Partial<Record<AlertKind, AlertChannel[]>>;
  /** a marker object, or so many objects of the interval, before a run extracts; `every` is 10 seconds or more, a minute when absent */
  waitFor?: { marker?: string; minimumObjects?: number; every?: string; timeout: string };
  /** pipelines whose intervals must have loaded before */
  after?: string[];
  /** an interval that loaded runs again so long after it was due: for sources that still change */
  settle?: string[];
}

const day = 86_400_000;
/** ms between two looks for what a run waits for */
const leastEvery = 10_000;

/** adds what is wrong to `problems` */
export function policyOf(options: PolicyOptions, problems: string[]): Policy {
  const ms = (text: string | undefined, fallback: number): number => {
    try {
      return text === undefined ? fallback : duration(text);
    } catch (error) {
      problems.push((error as Error).message);
      return fallback;
    }
  };
  const { retries = {}, alerts = {}, waitFor, retryBudget, owner, tags = [] } = options;
  problems.push(...labelProblems(owner, tags));
  for (const step of Object.keys(retries)) {
    if (!steps.includes(step as Step)) problems.push(`retries names ${step}, the steps are ${steps.join(', ')}`);
  }
  for (const [kind, channels] of Object.entries(alerts)) {
    if (!alertKinds.includes(kind as AlertKind))
      problems.push(`alerts names ${kind}, the kinds are ${alertKinds.join(', ')}`);
    for (const channel of channels) {
      if (!alertChannels.includes(channel))
        problems.push(`alerts.${kind} names ${channel}, the channels are ${alertChannels.join(', ')}`);
    }
  }
  if (waitFor && (waitFor.marker === undefined) === (waitFor.minimumObjects === undefined)) {
    problems.push('waitFor has either a marker or minimumObjects');
  }
  const every = ms(waitFor?.every, 60_000);
  if (every < leastEvery) {
    problems.push(
      `waitFor.every is '${waitFor?.every}', and must be 10 seconds at least: each look is a request to the source, the warehouse or the lake`,
    );
  }
  problems.push(...timeProblems(waitFor?.marker ?? '', 'waitFor.marker', ['dt', 'hr', 'min']));
  const step = ({ attempts, initial, maximum, timeout }: NonNullable<PolicyOptions['retries']>[Step] & object) => ({
    ...(attempts !== undefined && { attempts }),
    initial: ms(initial, 1_000),
    backoff: 2,
    maximum: ms(maximum, 60_000),
    timeout: ms(timeout, 7_200_000),
  });
  return {
    ...(owner !== undefined && { owner }),
    ...(tags.length > 0 && { tags }),
    onFailure: options.onFailure ?? 'fail',
    parkFor: ms(options.parkFor, day),
    retries: Object.fromEntries(Object.entries(retries).map(([name, given]) => [name, step(given)])),
    ...(retryBudget !== undefined && {
      retryBudget: retryBudget === 'unlimited' ? ('unlimited' as const) : ms(retryBudget, 0),
    }),
    alerts: Object.fromEntries(alertKinds.map((kind) => [kind, alerts[kind] ?? ['log']])),
    ...(waitFor && {
      waitFor: {
        ...(waitFor.marker !== undefined && { marker: waitFor.marker }),
        ...(waitFor.minimumObjects !== undefined && { minimumObjects: waitFor.minimumObjects }),
        every,
        timeout: ms(waitFor.timeout, day),
      },
    }),
    after: options.after ?? [],
    settle: (options.settle ?? []).map((text) => ms(text, day)),
  };
}
