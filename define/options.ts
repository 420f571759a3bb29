import type { z } from 'zod';
import type { LoadMode } from '../model/columns.js';
import type { UnknownFields } from '../model/drift.js';
import type { ParquetCodec } from '../model/plan.js';
import type { DeclaredCustomSource } from '../model/custom-code.js';
import type { Source } from '../model/source.js';
import type { SyncTask } from '../model/airbyte-sync.js';
import type { TaskSource } from '../model/task.js';
import type { Entity, When } from '../validate/entity.js';
import type { EventTimeOptions } from '../validate/event-time.js';
import type { RowsOf } from '../validate/rows-of.js';
import type { PolicyOptions } from './policy.js';

export interface EntityOptions {
  /** the warehouse table's name, lower snake_case */
  name: string;
  /** what a row is: docs of the table, in dbt too */
  description?: string;
  /** one row; nested objects become columns named by their path */
  schema: z.ZodType;
  /** columns that identify a row; all columns when absent (`append` only) */
  key?: string[];
  /** columns that say which of two rows of one key is newer */
  order?: string[];
  /**
   * `merge`: rows of one key are never further apart than this, as in `'30 days'`. Loads then look for a key in the intervals
   * within it alone, which spares them the rest of a large table; a key that comes later all the same is a second row. All of the
   * table when absent
   */
  lookback?: string;
  /** `merge` by `key`, `append`, or `replace` of the whole table; an interval that runs again replaces its own rows */
  mode: LoadMode;
  /** which records become rows; every record when absent */
  when?: When;
  /** rows of one record, when it is not the record itself */
  rows?: RowsOf;
  /** `replace` with no rows empties the table, and is an error without this */
  allowEmpty?: boolean;
  /** what is done with fields that the schema does not declare; `ignore` when absent. All are counted as drift */
  unknownFields?: UnknownFields;
}

export interface PipelineOptions extends PolicyOptions {
  /** lower snake_case: its folder, its schema of the warehouse, and the beginning of the names of its runs */
  name: string;
  /** what it brings, as `waterclock pipelines` shows it */
  description: string;
  /** the grid of its intervals, either `every` or `cron` */
  schedule: (
    | {
        /** length of an interval, as in `'1 hour'` or `'1 day'` */
        every: string;
        cron?: never;
      }
    | {
        /** five fields; an interval goes from one time to the next */
        cron: string;
        every?: never;
      }
  ) & {
    /** IANA name, as in `'Europe/Madrid'`, by whose clocks a cron expression or `every: '1 day'` is read; UTC when absent */
    timezone?: string;
    /** an interval is due so long after its end */
    offset?: string;
    /** nothing before it is ever run */
    start?: string;
    /** how far back the watch fills what is missing */
    catchup?: string;
  };
  /** after due */
  deadline?: string;
  /** where records come from: `http`, `httpJson`, `s3Objects`, `custom`, `airbyte`, `singer` or `task` */
  source: Source | DeclaredCustomSource;
  /** programs of your own, each a `task` with a name, or an `airbyteSyncTask`: before the run extracts, and after it has loaded and built, in order */
  tasks?: { before?: (TaskSource | SyncTask)[]; after?: (TaskSource | SyncTask)[] };
  /** one of the project's pools, as in `'shop-api'`: only so many runs of its pipelines extract at once; no limit when absent */
  pool?: string;
  /** what a run can be asked to do differently (`--param name=value`); its source takes them as `{params.name}` */
  params?: z.ZodObject;
  /** where a record's time is; records outside the interval are dropped */
  eventTime?: EventTimeOptions;
  /** a run that rejects more than both fails before anything is loaded; one in a hundred and 10 when absent */
  maxRejected?: { share: number; atLeast: number };
  /** its tables, one entity each */
  entities: Entity[];
  /** models that a run builds once it has loaded, in dbt's words, as `tag:orders`; none when absent */
  dbt?: { select: string };
  /** bucket of the raw layer, when it is not the lake's; a deployment may have another bucket for this name (WATERCLOCK_RAW_BUCKETS) */
  rawBucket?: string;
  /** of its Parquet files; snappy when absent, zstd is smaller and slower */
  codec?: ParquetCodec;
}
