import { setTimeout as sleep } from 'node:timers/promises';
import {
  BatchClient,
  DescribeJobsCommand,
  ListJobsCommand,
  SubmitJobCommand,
  TerminateJobCommand,
  type JobDetail,
} from '@aws-sdk/client-batch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { ObjectRef } from '../model/plan.js';
import type { BatchSettings } from '../model/task-settings.js';
import { asked } from './aws-asked.js';
import { cloudwatchLines } from './cloudwatch-lines.js';
import { failedToStart } from './ecs-faults.js';
import { ownName } from './own-name.js';
import { resultIn, resultVariable } from './result.js';
import type { TaskEnd, TaskOrder, TaskRunner } from './runner.js';

interface BatchPlace {
  settings: BatchSettings;
  /** an object as text; undefined where there is none */
  read(ref: ObjectRef): Promise<string | undefined>;
  /** `once`: sends a request a single time */
  clients?: { batch: BatchClient; once: BatchClient; logs: CloudWatchLogsClient };
  /** ms between two looks: rates are per account */
  lookEvery?: number;
}

/** where jobs write whose definition names no group */
const usualGroup = '/aws/batch/job';
/** the least that Batch takes, in seconds */
const leastTimeout = 60;

/** tasks as jobs of AWS Batch: they outlive the worker that started them, and the next one finds them by their name */
export function batchRunner({ settings, read, clients, lookEvery = 5_000 }: BatchPlace): TaskRunner {
  const { queue } = settings;
  const batch = clients?.batch ?? new BatchClient({ maxAttempts: 5 });
  // SubmitJob knows no token: one that is sent again starts a second job
  const once = clients?.once ?? new BatchClient({ maxAttempts: 1 });
  const logs = clients?.logs ?? new CloudWatchLogsClient({ maxAttempts: 5 });

  async function job(handle: string): Promise<JobDetail | undefined> {
    const { jobs = [] } = await asked('Batch does not describe a job', () =>
      batch.send(new DescribeJobsCommand({ jobs: [handle] })),
    );
    return jobs[0];
  }

  return {
    outlives: true,
    handsOver: false,
    async start(order) {
      const jobName = ownName(order);
      const { jobSummaryList: [known] = [] } = await asked('Batch does not list its jobs', () =>
        batch.send(new ListJobsCommand({ jobQueue: queue, filters: [{ name: 'JOB_NAME', values: [jobName] }] })),
      );
      if (known?.jobId) return known.jobId;
      const { jobId = '' } = await asked(`Batch does not start ${order.name}`, () =>
        once.send(new SubmitJobCommand({ jobName, jobQueue: queue, ...inputOf(order) })),
      );
      return jobId;
    },
    async look(handle) {
      await sleep(lookEvery);
      const found = await job(handle);
      if (!found) {
        const fault = `ended, and how is not known: Batch no longer has ${handle}`;
        return { state: 'ended', end: { fault, passes: true } };
      }
      if (found.status === 'SUCCEEDED') return { state: 'ended', end: { code: 0 } };
      if (found.status === 'FAILED') return { state: 'ended', end: batchEnd(found) };
      return { state: found.status === 'RUNNING' ? 'running' : 'starting' };
    },
    async stop(handle, why) {
      await asked('Batch does not stop a job', () =>
        batch.send(new TerminateJobCommand({ jobId: handle, reason: `${stoppedByUs}: ${why}` })),
      );
    },
    async logs(handle, from) {
      const { container } = (await job(handle)) ?? {};
      const stream = container?.logStreamName;
      if (!stream) return { lines: [], next: from };
      const group = container.logConfiguration?.options?.['awslogs-group'] ?? usualGroup;
      return cloudwatchLines(logs, { group, stream }, from);
    },
    result: resultIn(read),
    stdout() {
      throw new Error('a task of Batch prints into its log');
    },
    forget: () => Promise.resolve(),
  };
}

const stoppedByUs = 'waterclock';

function inputOf(order: TaskOrder) {
  const { command, environment, timeout, container } = order;
  const variables = Object.entries({ ...environment, ...resultVariable(order) });
  return {
    jobDefinition: container?.family ?? '',
    // another try is another job, with a prefix of its own
    retryStrategy: { attempts: 1 },
    ...(timeout !== undefined && {
      timeout: { attemptDurationSeconds: Math.max(leastTimeout, Math.ceil(timeout / 1_000)) },
    }),
    containerOverrides: {
      ...(command.length > 0 && { command }),
      environment: variables.map(([name, value]) => ({ name, value })),
    },
  };
}

/** how a job that has failed ended, in words */
function batchEnd({ statusReason = '', container = {} }: JobDetail): TaskEnd {
  const { exitCode, reason = '', memory, resourceRequirements = [] } = container;
  const size = resourceRequirements.find(({ type }) => type === 'MEMORY')?.value ?? String(memory ?? '');
  if (/OutOfMemory/.test(reason))
    return { fault: `took more memory than its ${size} MiB: raise \`memory\` of its job definition`, passes: false };
  if (/attempt duration exceeded timeout/i.test(statusReason))
    return {
      fault: 'was stopped by Batch: it took longer than its step may (`retries: { <step>: { timeout } }`)',
      passes: true,
    };
  if (/^Host EC2 .*terminated|Spot .*interrupted/i.test(statusReason))
    return { fault: `lost its Spot capacity: ${statusReason}`, passes: true };
  if (/^(CannotPullContainer|CannotStartContainer|ResourceInitialization)/.test(reason || statusReason))
    return failedToStart(reason || statusReason);
  if (exitCode === undefined || (exitCode === 137 && statusReason.startsWith(stoppedByUs)))
    return { fault: `was stopped on Batch: ${statusReason}`, passes: false };
  if (exitCode === 137) return { fault: `was killed by SIGKILL: ${reason || statusReason}`, passes: true };
  return { code: exitCode };
}
