import type { z } from 'zod';
import type { LoadMode } from '../model/columns.js';
import type { UnknownFields } from '../model/drift.js';
import type { ParquetCodec } from '../model/plan.js';
import type { Source } from '../model/source.js';
import type { Entity, When } from '../validate/entity.js';
import type { EventTimeOptions } from '../validate/event-time.js';
import type { RowsOf } from '../validate/rows-of.js';
import type { PolicyOptions } from './policy.js';

export interface EntityOptions {
  /** the warehouse table's name, lower snake_case */
  name: string;
  description?: string;
  /** one row; nested objects become columns named by their path */
  schema: z.ZodType;
  /** columns that identify a row; all columns when absent (`append` only) */
  key?: string[];
  /** columns that say which of two rows of one key is newer */
  order?: string[];
  mode: LoadMode;
  /** which records become rows; every record when absent */
  when?: When;
  /** rows of one record, when it is not the record itself */
  rows?: RowsOf;
  allowEmpty?: boolean;
  /** what is done with fields that the schema does not declare; `ignore` when absent. All are counted as drift */
  unknownFields?: UnknownFields;
}

export interface PipelineOptions extends PolicyOptions {
  name: string;
  description: string;
  schedule: ({ every: string; cron?: never } | { cron: string; every?: never }) & {
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
  source: Source;
  /** one of the project's pools, as in `'shop-api'`: only so many runs of its pipelines extract at once; no limit when absent */
  pool?: string;
  /** what a run can be asked to do differently (`--param name=value`); its source takes them as `{params.name}` */
  params?: z.ZodObject;
  /** where a record's time is; records outside the interval are dropped */
  eventTime?: EventTimeOptions;
  maxRejected?: { share: number; atLeast: number };
  entities: Entity[];
  dbt?: { select: string };
  /** bucket of the raw layer, when it is not the lake's; a deployment may have another bucket for this name (WATERCLOCK_RAW_BUCKETS) */
  rawBucket?: string;
  /** of its Parquet files; snappy when absent, zstd is smaller and slower */
  codec?: ParquetCodec;
}
