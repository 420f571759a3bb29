/** every error that trying again cannot mend, and what the reader can do about it */
const terminalErrors = {
  InvalidDefinition: 'correct the definition in pipelines/',
  NoProject: 'go into a project, or name its folder by --project or WATERCLOCK_PROJECT',
  InvalidParams: 'see `waterclock pipelines --json` for the params that it takes',
  UnknownPipeline: 'see `waterclock pipelines` for the known ones',
  NotDue: 'wait until the interval is due',
  SourceNotFound: 'check the address, bucket and prefix in the definition',
  SourceRefused: "check the source's credentials and permissions",
  MorePages:
    "the answer is only a part of what there is: declare its `pages` on the source, or `pages: 'none'` if it is whole",
  EndlessPages: 'see `pages` of the source: ask for less at a time, or raise its `mostPages`',
  SecretMissing:
    'see `waterclock secrets`; set it in the environment of the workers, `.env` of the project or AWS Secrets Manager, then run the interval again',
  ConnectorMissing:
    'run `waterclock connectors install` where the workers run, or in their image; a program of your own goes into PATH',
  ConnectorFailed: 'see `waterclock logs <run>` for what the connector wrote, and check its `config`',
  SyncCancelled: 'run the interval again: it starts another sync',
  TaskMissing: 'see `command` of the task, and that its program is where the workers run: see docs/tasks.md',
  TaskRefused:
    'see docs/tasks.md#in-a-container for what the deployment needs, and correct the image, its size or the rights',
  TaskFailed: 'see `waterclock logs <run>` for what the program wrote',
  SecretRefused: 'let the role of the workers read it: secretsmanager:GetSecretValue, and kms:Decrypt of its key',
  UntrustedAddress: 'if the address is right, name its host in `hosts` of the source',
  StateGap:
    'intervals of a source with a state run in order: run that one first, or `waterclock mark` it done, then run the interval again',
  SourceTooLarge: 'ask for less at a time, or raise WATERCLOCK_SOURCE_MOST_BYTES of the workers',
  SourceTooSlow: 'look at the source, or lower WATERCLOCK_SOURCE_LEAST_BYTES_PER_SECOND of the workers',
  UnreadablePart: 'look at the raw object, then run the interval again',
  NothingUsable:
    'see `waterclock rejected`; correct the definition and `waterclock retry` from validate, or run the interval again once the source is right',
  EmptiesInterval:
    'if the interval is empty by right: `waterclock retry <run> --from-step copy --allow-empty`, or `allowEmpty: true` on the entity',
  TooManyRejected: 'see `waterclock rejected`, correct the schema or the source, then `waterclock retry` from validate',
  ManifestMissing: 'retry from an earlier step',
  SchemaMismatch: 'see `waterclock migrate <pipeline>`, or correct the schema',
  EmptyReplace: 'set allowEmpty on the entity if an empty table is right',
  CheckFailed: 'compare the Parquet files with the staging table; retry from parquet',
  CopyRejected: 'correct the schema, or look at the file it names; then `waterclock retry <run> --from-step validate`',
  WarehouseRejected: 'read the statement and its error in the Redshift console',
  DbtFailed:
    'see `waterclock show <run>`, which has rows of failed tests; correct the named model or test, then `waterclock retry <run> --from-step dbt`',
  SensorTimeout: 'see whether what the run waits for will come, then run the interval again',
  AlertChannelUnset: 'set the address of the channel in the environment of the workers',
  AlertRefused: "check the channel's address and credentials",
  LedgerMissing: 'run `waterclock setup`',
  RunFailed: 'open the run in the Web UI',
} as const;

export type TerminalErrorName = keyof typeof terminalErrors;

/** never retried */
export class TerminalError extends Error {
  override readonly name: TerminalErrorName;
  /** what the failure of the activity carries to the workflow */
  readonly details: object | undefined;
  constructor(name: TerminalErrorName, message: string, options: ErrorOptions & { details?: object | undefined } = {}) {
    super(message, options);
    this.name = name;
    this.details = options.details;
  }
}

/** retried with back-off; `retryAfter` in ms when the other side named a time */
export class TransientError extends Error {
  override name = 'TransientError';
  readonly retryAfter: number | undefined;
  constructor(message: string, options: ErrorOptions & { retryAfter?: number } = {}) {
    super(message, options);
    this.retryAfter = options.retryAfter;
  }
}

/** what is told of without being an error */
const remedies: Record<string, string> = {
  ...terminalErrors,
  TookTooLong: 'see why the step is slow, or raise `retries: { <step>: { timeout } }` in the definition',
  WorkerLost: 'see the log of the worker: it ended, ran out of memory, or did not reach Temporal',
  NoWorker: 'start a worker, or see `WATERCLOCK_ROLES` and slots of those that run',
  Late: 'see `waterclock late`, and the run if there is one',
  Unmatched: 'compare `when` and `eventTime` of the definition with the values',
  Gap: 'nothing, if the backfill ends well: `waterclock backfill list`',
};

export function remedyFor(name: string): string | undefined {
  return remedies[name];
}

/** type of the failure of a look for what a run waits for: nothing is wrong, and it looks again */
export const notReady = 'NotReady';
/** Temporal's messages of the cancellation of a step that is tried again elsewhere: its worker was asked to end, or was not heard of */
export const triedElsewhere: readonly string[] = ['WORKER_SHUTDOWN', 'TIMED_OUT'];
/** type of the failure that a step's becomes when its worker is asked to end */
export const workerShutdown = 'WorkerShutdown';
