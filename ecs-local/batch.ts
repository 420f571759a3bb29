import { randomUUID } from 'node:crypto';
import { ServiceError } from './errors.js';
import type { ContainerDefinition, KeyValue, Task } from './shapes.js';
import type { taskDefinitions } from './task-definitions.js';
import type { tasks } from './tasks.js';

interface ContainerProperties extends Omit<ContainerDefinition, 'name' | 'memory' | 'cpu'> {
  resourceRequirements?: { type: 'VCPU' | 'MEMORY'; value: string }[];
}
interface JobDefinition {
  jobDefinitionName: string;
  type: string;
  containerProperties: ContainerProperties;
  revision: number;
}
interface SubmitJob {
  jobName?: string;
  jobQueue?: string;
  jobDefinition?: string;
  containerOverrides?: { command?: string[]; environment?: KeyValue[] };
  timeout?: { attemptDurationSeconds?: number };
  retryStrategy?: { attempts?: number };
}
interface Job {
  jobId: string;
  jobName: string;
  definition: JobDefinition;
  task: Task;
  createdAt: number;
  reason?: string;
}

interface Batch {
  arn(kind: string): string;
  queues: string[];
  cluster: string;
  definitions: ReturnType<typeof taskDefinitions>;
  running: ReturnType<typeof tasks>;
}

const group = '/aws/batch/job';
const refused = (message: string) =>
  new ServiceError('ClientException', `Error executing request, Exception : ${message}`);

/** AWS Batch as far as single jobs of containers go: each is a task of the local ECS, as on AWS */
export function batch({ arn, queues, cluster, definitions, running }: Batch) {
  const known = new Map<string, JobDefinition>();
  const jobs = new Map<string, Job>();

  function register(given: Partial<JobDefinition>): object {
    const { jobDefinitionName: name = '', type, containerProperties } = given;
    if (!/^[a-zA-Z0-9][\w-]{0,127}$/.test(name)) throw refused('Job definition name should match valid pattern');
    if (type !== 'container') throw refused('Unknown job definition type');
    if (!containerProperties?.image) throw refused('Container image should not be blank');
    const { resourceRequirements: sizes = [], ...container } = containerProperties;
    const size = (wanted: string) => sizes.find((one) => one.type === wanted)?.value;
    const [memory, cpu] = [size('MEMORY'), size('VCPU')];
    if (memory === undefined || cpu === undefined)
      throw refused('resourceRequirements of VCPU and MEMORY are required');
    const options = { 'awslogs-group': group, 'awslogs-stream-prefix': name };
    const main = {
      logConfiguration: { logDriver: 'awslogs', options },
      ...container,
      name: 'default',
      memory: Number(memory),
    };
    definitions.register({ family: `batch-${name}`, containerDefinitions: [main] });
    const revision = (known.get(name)?.revision ?? 0) + 1;
    known.set(name, { jobDefinitionName: name, type, containerProperties, revision });
    return { jobDefinitionName: name, jobDefinitionArn: arn(`job-definition/${name}:${revision}`), revision };
  }

  function submit(given: SubmitJob): object {
    const { jobName = '', jobQueue = '', jobDefinition = '', containerOverrides = {}, timeout } = given;
    if (!/^[a-zA-Z0-9][\w-]{0,127}$/.test(jobName)) throw refused('Job name should match valid pattern');
    if (!queues.includes(jobQueue)) throw refused(`JobQueue ${jobQueue} not found`);
    const definition = known.get(jobDefinition.split(':')[0] ?? '');
    if (!definition) throw refused(`JobDefinition ${jobDefinition} not found`);
    const { attemptDurationSeconds: seconds } = timeout ?? {};
    if (seconds !== undefined && seconds < 60) throw refused('Timeout should be at least 60 seconds');
    const overrides = { containerOverrides: [{ name: 'default', ...containerOverrides }] };
    const family = `batch-${definition.jobDefinitionName}`;
    const {
      tasks: [task],
    } = running.run({ cluster, taskDefinition: family, overrides }) as { tasks: [Task?] };
    // a queue waits for capacity, and says nothing
    if (!task) throw new ServiceError('ServerException', 'no capacity', { status: 500 });
    const job: Job = { jobId: randomUUID(), jobName, definition, task, createdAt: Date.now() };
    jobs.set(job.jobId, job);
    return { jobId: job.jobId, jobName, jobArn: arn(`job/${job.jobId}`) };
  }

  function shown({ jobId, jobName, definition, task, createdAt, reason }: Job): object {
    const [container] = task.containers;
    const { image, resourceRequirements } = definition.containerProperties;
    const id = task.taskArn.slice(task.taskArn.lastIndexOf('/') + 1);
    const isSpot = task.stopCode === 'SpotInterruption';
    const why = isSpot ? 'Host EC2 (instance i-0a) terminated.' : (reason ?? task.stoppedReason);
    return {
      jobId,
      jobName,
      jobArn: arn(`job/${jobId}`),
      createdAt,
      status: statusOf(task),
      ...(task.stoppedAt !== undefined && { statusReason: why }),
      container: {
        image,
        resourceRequirements,
        ...(container?.exitCode !== undefined && { exitCode: container.exitCode }),
        ...(task.stopCode === 'TaskFailedToStart' && { reason: task.stoppedReason }),
        ...(container?.reason !== undefined && { reason: container.reason }),
        ...(task.startedAt !== undefined && { logStreamName: `${definition.jobDefinitionName}/default/${id}` }),
      },
    };
  }

  return {
    registerjobdefinition: register,
    submitjob: submit,
    describejobs: ({ jobs: ids = [] }: { jobs?: string[] }) => ({
      jobs: ids.flatMap((id) => jobs.get(id) ?? []).map(shown),
    }),
    listjobs({ jobQueue = '', filters = [] }: { jobQueue?: string; filters?: { name: string; values: string[] }[] }) {
      if (!queues.includes(jobQueue)) throw refused(`JobQueue ${jobQueue} not found`);
      const names = filters.filter(({ name }) => name === 'JOB_NAME').flatMap(({ values }) => values);
      return { jobSummaryList: [...jobs.values()].filter(({ jobName }) => names.includes(jobName)).map(shown) };
    },
    terminatejob({ jobId = '', reason }: { jobId?: string; reason?: string }): object {
      if (!reason) throw refused('reason is required');
      const job = jobs.get(jobId);
      if (job && job.task.stoppedAt === undefined) {
        job.reason ??= reason;
        running.stop({ cluster, task: job.task.taskArn, reason });
      }
      return {};
    },
  };
}

function statusOf({ lastStatus, stoppedAt, stopCode, containers: [main] }: Task): string {
  if (stoppedAt !== undefined)
    return stopCode === 'EssentialContainerExited' && main?.exitCode === 0 ? 'SUCCEEDED' : 'FAILED';
  const states: Record<string, string> = { PROVISIONING: 'SUBMITTED', PENDING: 'RUNNABLE', ACTIVATING: 'STARTING' };
  return states[lastStatus] ?? 'RUNNING';
}
