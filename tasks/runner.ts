import type { ObjectRef } from '../model/plan.js';
import type { TaskContainer, TaskLine } from '../model/task.js';

/** one task to start, with everything filled in */
export interface TaskOrder {
  /** the same for the same try of a run's step: a runner starts one task for it, however often it is asked */
  id: string;
  /** in messages */
  name: string;
  command: string[];
  environment: Record<string, string>;
  /** names of its secrets by variable, of a container: who runs it fills them in */
  secrets?: Record<string, string>;
  /** where its result file is, of a runner that does not share a disk with its tasks */
  resultAt?: ObjectRef;
  container?: TaskContainer & { family: string };
  /** ms that it may take at most, where its step has a limit */
  timeout?: number;
  /** ms from SIGTERM to SIGKILL */
  grace: number;
  /** stdout is kept as it is, and only stderr is logged */
  keepsStdout: boolean;
}

/** how a task ended; `code` is its program's own */
export type TaskEnd =
  | { code: number }
  /** it did not end by itself, or never began; `passes`: another try may do better */
  | { fault: string; passes: boolean; type?: 'TaskMissing' | 'TaskRefused' };

type TaskLook = { state: 'starting' | 'running' } | { state: 'ended'; end: TaskEnd };

/** where tasks run; one contract suite holds every runner */
export interface TaskRunner {
  /** its tasks go on when their worker ends, and the next one finds them */
  outlives: boolean;
  /** what a task is started with is seen by nobody else: it is given secrets and credentials */
  handsOver: boolean;
  /** returns what the task is found by from then on */
  start(order: TaskOrder): Promise<string>;
  /** how it is; waits about so many ms for its end, longer where looks are dear */
  look(handle: string, within: number): Promise<TaskLook>;
  /** asks it to end, and ends it after its grace; `look` says when it has ended */
  stop(handle: string, why: string): Promise<void>;
  /** lines behind the place that the call before returned */
  logs(handle: string, from: string | undefined): Promise<{ lines: TaskLine[]; next: string | undefined }>;
  /** the result file; undefined where there is none */
  result(order: TaskOrder, handle: string, mostBytes: number): Promise<string | undefined>;
  /** stdout, where it is kept; once the task has ended */
  stdout(handle: string): AsyncIterable<Uint8Array>;
  /** lets go of what is held here of a task, and removes what one that has ended left */
  forget(handle: string): Promise<void>;
}
