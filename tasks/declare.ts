import type { SecretText } from '../model/http-source.js';
import { duration } from '../model/interval.js';
import type { RecordForm } from '../model/record-form.js';
import type { TaskSource } from '../model/task.js';

interface TaskOptions {
  /** of a task in `tasks` of a pipeline, as in `'export'` */
  name?: string;
  /** the program and its arguments, run in the project's folder; their texts may have times as `{start}` and `{params.x}` */
  command: string[];
  /** variables of the program beside those of the contract: texts with times and params, or `secret('NAME')` */
  environment?: Record<string, SecretText>;
  /** `objects` (when absent): what it writes to S3 under WATERCLOCK_RAW_PREFIX; `stdout`: what it prints */
  output?: 'objects' | 'stdout';
  /** how records lie in what it writes; newline-delimited JSON when absent */
  records?: RecordForm;
  /** it shows a whole state, now, and has no past */
  snapshot?: boolean;
  /** how long it has from SIGTERM to SIGKILL; ten seconds when absent */
  grace?: string;
}

/** a program of your own: as a source it writes the raw objects of an interval, in `tasks` it runs before or after the other steps */
export function task({
  name,
  command,
  environment = {},
  output = 'objects',
  records = { form: 'ndjson' },
  snapshot = false,
  grace = '10 seconds',
}: TaskOptions): TaskSource {
  return {
    kind: 'task',
    ...(name !== undefined && { name }),
    command,
    environment,
    output,
    records,
    snapshot,
    grace: duration(grace),
  };
}
