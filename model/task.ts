import type { SyncJob } from './airbyte-sync.js';
import type { SecretText } from './http-source.js';
import type { RecordForm } from './record-form.js';

/** of what a program may rely on: variables, exit codes, the result file. A program reads it as WATERCLOCK_CONTRACT */
export const taskContract = 1;

/** exit code of a program that asks to be tried again */
export const tryAgainCode = 75;

/** a program of a team's own, as plain data: each text may have times and params */
export interface TaskProgram {
  /** the program and its arguments */
  command: string[];
  /** on top of what every task gets */
  environment: Record<string, SecretText>;
  /** ms from SIGTERM to SIGKILL */
  grace: number;
  /** what it runs in; a process of the worker when absent */
  container?: TaskContainer;
}

export interface TaskContainer {
  /** of a task definition that the deployment makes */
  image?: string;
  /** one that is there already, by its family */
  taskDefinition?: string;
  /** units of 1/1024 of a CPU, and MiB */
  cpu: number;
  memory: number;
  /** on spare capacity, which may be taken away */
  spot?: true;
}

/** a program that a run executes before or after its own steps */
export interface TaskStep extends TaskProgram {
  name: string;
  /** a sync on an Airbyte server in place of a program, whose command is empty */
  sync?: SyncJob;
}

/** in order, one after the other */
export interface RunTasks {
  before: TaskStep[];
  after: TaskStep[];
}

export const allTasks = (tasks: RunTasks | undefined): TaskStep[] => (tasks ? [...tasks.before, ...tasks.after] : []);

/** a program whose output is the raw layer of an interval */
export interface TaskSource extends TaskProgram {
  kind: 'task';
  /** of one that runs before or after a run */
  name?: string;
  /** `objects`: those that it writes under the prefix that it is given; `stdout`: what it prints */
  output: 'objects' | 'stdout';
  records: RecordForm;
  /** it shows a whole state, now: it has no past */
  snapshot: boolean;
}

/** what a program wrote into its result file, beside which it may keep any members */
export interface TaskResult {
  /** shown beside the step */
  notes?: string;
  /** numbers that are shown beside the step, by name */
  counts?: Record<string, number>;
}

/** one line of a program's output */
export interface TaskLine {
  /** ISO */
  at: string;
  text: string;
}

/** the family of the task definition that a deployment makes for a task */
export const taskFamily = (prefix: string, pipeline: string, name: string): string =>
  `${prefix}${pipeline}-${name}`.replace(/[^\w-]/g, '-').slice(0, 255);
