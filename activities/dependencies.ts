import type { Client } from '@temporalio/client';
import type { Redactor } from '../model/redact.js';
import type { Settings } from '../model/settings.js';
import type { ObjectStore } from '../lake/object-store.js';
import type { Pipeline } from '../define/pipeline.js';
import type { Warehouse, Watch } from '../warehouse/data-api.js';

/** what the activities stand on; made once by the worker */
export interface Dependencies {
  settings: Settings;
  pipelines: Pipeline[];
  /** slots of each pool of the project; none when absent */
  pools?: Record<string, number>;
  store: ObjectStore;
  /** a Data API client that tells its progress and can be cancelled */
  warehouse(watch?: Watch): Warehouse;
  threads: Threads;
  client: Client;
  /** environment of child processes */
  environment: Record<string, string | undefined>;
  /** hides secrets in what is logged and thrown, and learns those that sources read */
  redact?: Redactor;
  /** path of the project's `.env`, where secrets may be */
  envFile?: string;
  /** the project's folder, where tasks run; that of the process when absent */
  projectFolder?: string;
  /** aborted when the worker is asked to end */
  stopping?: AbortSignal;
}

/** work off the main thread, which keeps polling and heartbeating */
export interface Threads {
  run<T>(name: 'validatePart' | 'joinFiles', task: unknown, sign: () => void, signal: AbortSignal): Promise<T>;
}
