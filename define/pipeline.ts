import { createHash } from 'node:crypto';
import type { z } from 'zod';
import type { EntityPlan, LoadMode } from '../model/columns.js';
import type { UnknownFields } from '../model/drift.js';
import { TerminalError } from '../model/errors.js';
import { parsePath } from '../model/field-path.js';
import { duration, parseTime, type Grid } from '../model/interval.js';
import type { ParquetCodec } from '../model/plan.js';
import type { Policy } from '../model/policy.js';
import type { Source } from '../model/source.js';
import { byIntervalName } from '../warehouse/by-interval.js';
import { checkEntity } from './check-entity.js';
import { parentKeyOf } from './check-rows.js';
import { unknownColumn } from '../columns/columns.js';
import { eventTimeProblem, parseEventTime, type EventTime, type EventTimeOptions } from '../validate/event-time.js';
import { attempt, gridOf } from './grid-of.js';
import { knownFields, type Known } from '../columns/known-fields.js';
import { paramsOf, type ParamsSpec } from './params.js';
import { parentsName } from '../columns/parents.js';
import { nameProblem } from './pipeline-name.js';
import { policyOf, type PolicyOptions } from './policy.js';
import { parentOf, type ParentOf } from '../validate/parent-of.js';
import { sourceProblems } from './source-problems.js';
import { rowsOf, type RowMaker, type RowsOf } from '../validate/rows-of.js';

/** path of a field -> value or values that a record must have there */
type When = Record<string, string | string[]>;

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

export interface Entity {
  plan: EntityPlan;
  schema: z.ZodType;
  description: string;
  unknownFields: UnknownFields;
  /** what the schema declares, as records hold it */
  known: Known;
  when: When;
  rows?: RowMaker;
  /** reads what identifies the record, where its rows replace those that it had before */
  parent?: ParentOf;
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
  /** bucket of the raw layer, when it is not the lake's */
  rawBucket?: string;
  /** of its Parquet files; snappy when absent, zstd is smaller and slower */
  codec?: ParquetCodec;
}

export interface Pipeline {
  name: string;
  description: string;
  grid: Grid;
  /** nothing before it is ever run */
  start?: number;
  /** ms */
  catchup: number;
  deadline?: number;
  source: Source;
  pool?: string;
  params: ParamsSpec;
  eventTime?: EventTime;
  maxRejected: { share: number; atLeast: number };
  entities: Entity[];
  dbtSelect?: string;
  rawBucket?: string;
  codec?: ParquetCodec;
  /** how its runs are looked after */
  policy: Policy;
}

/** throws InvalidDefinition with every problem of the entity */
export function defineEntity(options: EntityOptions): Entity {
  const { columns, problems } = checkEntity(options);
  if (problems.length > 0) {
    const told = problems.map(({ at, message }) => (at ? `${at}: ${message}` : message));
    throw new TerminalError('InvalidDefinition', `entity ${options.name}: ${told.join('; ')}`);
  }
  const unknownFields = options.unknownFields ?? 'ignore';
  if (unknownFields === 'keep') columns.push(unknownColumn);
  const parentKey = parentKeyOf(options, columns);
  const shape = {
    name: options.name,
    mode: options.mode,
    columns,
    key: options.key ?? [],
    order: options.order ?? [],
    allowEmpty: options.allowEmpty ?? false,
    ...(parentKey && { parentKey }),
  };
  const schemaHash = createHash('sha256')
    .update(
      JSON.stringify({
        columns: columns.map(({ name, path, type, nullable }) => [name, path, type, nullable]),
        key: shape.key,
        ...(parentKey && { parentKey, order: shape.order }),
      }),
    )
    .digest('hex')
    .slice(0, 16);
  const plan: EntityPlan = { ...shape, schemaHash };
  const parent = parentOf(plan, options);
  return {
    plan,
    schema: options.schema,
    description: options.description ?? '',
    unknownFields,
    known: knownFields(options.schema, Object.keys(options.when ?? {}).map(parsePath)),
    when: options.when ?? {},
    ...(options.rows && { rows: rowsOf(options.rows) }),
    ...(parent && { parent }),
  };
}

/** throws InvalidDefinition with every problem of the pipeline */
export function definePipeline(options: PipelineOptions): Pipeline {
  const problems: string[] = [];
  const { schedule } = options;
  const ms = (text: string | undefined, fallback: number) =>
    text === undefined ? fallback : (attempt(() => duration(text), problems) ?? fallback);
  const unfit = nameProblem(options.name);
  if (unfit) problems.push(unfit);
  if (options.entities.length === 0) problems.push('it has no entity');
  const tables = options.entities.map((entity) => entity.plan.name);
  if (new Set(tables).size < tables.length) problems.push(`two entities share a name (${tables.join(', ')})`);
  for (const name of tables.filter((name) => tables.includes(byIntervalName(name)))) {
    problems.push(`entity ${byIntervalName(name)} has the name of the view beside ${name}: choose another`);
  }
  for (const { plan } of options.entities) {
    const name = parentsName(plan.name);
    if (!plan.parentKey || !tables.includes(name)) continue;
    problems.push(`entity ${name} has the name of the table beside ${plan.name}, whose rows replace: choose another`);
  }
  const untimely = options.eventTime === undefined ? undefined : eventTimeProblem(options.eventTime);
  if (untimely) problems.push(untimely);
  const start = schedule.start === undefined ? undefined : attempt(() => parseTime(schedule.start ?? ''), problems);
  problems.push(...sourceProblems(options.source));
  const pipeline: Pipeline = {
    name: options.name,
    description: options.description,
    grid: gridOf(schedule, problems),
    catchup: ms(schedule.catchup, duration('1 day')),
    source: options.source,
    params: paramsOf(options.name, options.params, options.source, problems),
    maxRejected: options.maxRejected ?? { share: 0.01, atLeast: 10 },
    entities: options.entities,
    policy: policyOf(options, problems),
    ...(start !== undefined && { start }),
    ...(options.deadline && { deadline: ms(options.deadline, 0) }),
    ...(options.eventTime !== undefined && { eventTime: parseEventTime(options.eventTime) }),
    ...(options.pool !== undefined && { pool: options.pool }),
    ...(options.dbt && { dbtSelect: options.dbt.select }),
    ...(options.rawBucket && { rawBucket: options.rawBucket }),
    ...(options.codec && { codec: options.codec }),
  };
  if (problems.length > 0)
    throw new TerminalError('InvalidDefinition', `pipeline ${options.name}: ${problems.join('; ')}`);
  return pipeline;
}
