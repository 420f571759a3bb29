import type { SecretText } from '../model/http-source.js';
import { duration } from '../model/interval.js';
import type { RecordForm } from '../model/record-form.js';
import type { TaskContainer, TaskSource } from '../model/task.js';

interface ProgramOptions {
  /** of a task in `tasks` of a pipeline, as in `'export'` */
  name?: string;
  /** variables of the program beside those of the contract: texts with times and params, or `secret('NAME')` */
  environment?: Record<string, SecretText>;
  /** how records lie in what it writes; newline-delimited JSON when absent */
  records?: RecordForm;
  /** it shows a whole state, now, and has no past */
  snapshot?: boolean;
  /** how long it has from SIGTERM to SIGKILL; ten seconds when absent. Of a `taskDefinition` of ECS that says it */
  grace?: string;
}

/** a process of the worker */
interface CommandOptions extends ProgramOptions {
  /** the program and its arguments, run in the project's folder or in the image; their texts may have times as `{start}` and `{params.x}` */
  command: string[];
  image?: never;
  taskDefinition?: never;
  /** `objects` (when absent): what it writes to S3 under WATERCLOCK_RAW_PREFIX; `stdout`: what it prints */
  output?: 'objects' | 'stdout';
}

/** a container: on ECS, AWS Batch, Kubernetes or by Docker, as the workers' settings say */
interface ImageOptions extends ProgramOptions {
  /** the image, as `'123456789012.dkr.ecr.eu-central-1.amazonaws.com/etl:3'`: it runs in a container of its own */
  image: string;
  command?: string[];
  /** units of 1/1024 of a CPU; 256 when absent */
  cpu?: number;
  /** MiB; 512 when absent */
  memory?: number;
  /** on spare capacity, which may be taken away: it is then tried again */
  spot?: boolean;
  taskDefinition?: never;
  output?: 'objects';
}

/** a task of ECS or a job of AWS Batch, by a definition that is there */
interface DefinitionOptions extends ProgramOptions {
  /** family of a task definition, or name of a job definition, that is there, instead of an image; its first container has the program */
  taskDefinition: string;
  command?: string[];
  spot?: boolean;
  image?: never;
  output?: 'objects';
}

/** a program of your own: as a source it writes the raw objects of an interval, in `tasks` it runs before or after the other steps */
export function task(options: CommandOptions | ImageOptions | DefinitionOptions): TaskSource {
  const { name, command = [], environment = {}, output = 'objects', records = { form: 'ndjson' } } = options;
  const { snapshot = false, grace = '10 seconds' } = options;
  const container = containerOf(options);
  return {
    kind: 'task',
    ...(name !== undefined && { name }),
    command,
    environment,
    output,
    records,
    snapshot,
    grace: duration(grace),
    ...(container && { container }),
  };
}

function containerOf(options: CommandOptions | ImageOptions | DefinitionOptions): TaskContainer | undefined {
  const {
    image,
    taskDefinition,
    cpu = 256,
    memory = 512,
    spot,
  } = options as {
    image?: string;
    taskDefinition?: string;
    cpu?: number;
    memory?: number;
    spot?: boolean;
  };
  if (image === undefined && taskDefinition === undefined) return undefined;
  return {
    ...(image !== undefined && { image }),
    ...(taskDefinition !== undefined && { taskDefinition }),
    cpu,
    memory,
    ...(spot && { spot: true }),
  };
}
