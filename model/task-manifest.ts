import type { RunRef } from './keys.js';
import type { ObjectRef } from './plan.js';
import type { TaskResult } from './task.js';

/** of a program before or after the steps */
export interface TaskManifest {
  step: 'before' | 'after';
  run: RunRef;
  task: string;
  result?: TaskResult;
}

export interface TaskDone {
  manifest: ObjectRef;
  /** counts and notes of its result */
  told?: string;
}
