import type { ObjectStore } from '../../lake/object-store.js';
import { csvParser } from '../../records/parse-csv.js';
import { parseRecord } from '../../records/parse-record.js';
import type { Drift } from '../../model/drift.js';
import { TerminalError } from '../../model/errors.js';
import { keys, type RunRef } from '../../model/keys.js';
import type { Plan, RawPart, RecordCounts, RowCounts, WrittenFile } from '../../model/plan.js';
import type { ReasonCounts } from '../../model/rejected.js';
import { parentsPlan } from '../../columns/parents.js';
import { fileColumns } from '../../columns/table-columns.js';
import type { EntityPlan } from '../../model/columns.js';
import type { Pipeline } from '../../define/pipeline.js';
import { rowGroupBytes } from '../../lake/parquet.js';
import { entityTables, type EntityTables } from './entity-tables.js';
import { unreadableFiles } from './file-watch.js';
import { insideInterval } from './inside-interval.js';
import { isAtEnd, judgeRecords, type Judging } from './judge-records.js';
import { judgesOf, takesRequest } from './judges-of.js';
import { missedValues } from './missed-values.js';
import { objectColumns } from './object-columns.js';
import { partFiles } from './part-files.js';
import { recordsOf } from './records-of.js';
import { rejectedLog } from './rejected-log.js';

export interface ValidatePartTask {
  run: RunRef;
  plan: Plan;
  part: number;
  raw: RawPart;
  rawBucket: string;
  /** of an interval of one part: nothing of it is joined with another's */
  alone?: true;
}

export interface ValidatedPart {
  counts: RecordCounts;
  entities: Record<string, RowCounts & { files: WrittenFile[]; parents?: WrittenFile[]; drift?: Drift }>;
  rejected?: string;
  /** of the records in it */
  reasons?: ReasonCounts;
  /** files of which nothing could be read, in words */
  unreadable?: string[];
  /** the first values that `when` did not match, and times outside of the interval */
  ignored?: string[];
  dropped?: string[];
  /** what those times look like instead */
  unit?: string;
}

/** one raw part: every record parsed and routed once, rows to Parquet files, what fails to rejected/ */
export async function validatePart(
  task: ValidatePartTask,
  pipelines: Pipeline[],
  sign: () => void,
  store: ObjectStore,
  tables: EntityTables = entityTables(),
): Promise<ValidatedPart> {
  const { run, plan, part, raw, alone } = task;
  const definition = pipelines.find((candidate) => candidate.name === run.pipeline);
  if (!definition) throw new TerminalError('UnknownPipeline', `this worker has no pipeline ${run.pipeline}`);
  const { records: form } = plan.source;
  const areTexts = form.form === 'csv';
  const groupBytes = groupBytesOf(plan.entities);
  const entities = plan.entities.map((entity) => {
    const today = definition.entities.find((candidate) => candidate.plan.name === entity.name);
    const table = tables.take(run.pipeline, entity, today, areTexts);
    const { validator, batch, parents } = table;
    return {
      name: entity.name,
      plan: entity,
      table,
      requests: today?.requests,
      hasRows: today?.rows !== undefined,
      validator,
      batch,
      parents: parents && { batch: parents.batch, files: filesOf(parents.plan) },
      rawBytes: 0,
      valid: 0,
      rejected: 0,
      files: filesOf(entity),
    };
  });
  // whole records first: the rows of one that is rejected are not looked at
  const asked = entities.filter((entity) => takesRequest(entity, raw.request));
  // a run of some entities loads the rows that a run of all of them would
  const taken = { areTexts, request: raw.request };
  const counts: RecordCounts = { records: 0, routed: 0, ignored: 0, dropped: 0, unparseable: 0 };
  const rejectedKey = keys.rejectedPart(run, part);
  const rejected = rejectedLog(raw.sources, (lines) =>
    store.upload({ bucket: plan.lakeBucket, key: rejectedKey }, lines),
  );
  const misses = missedValues(definition, run.interval);
  const judging: Judging = {
    parse: form.form === 'csv' ? csvParser(form) : parseRecord,
    isLines: form.form === 'ndjson',
    mayBeLists: definition.entities.some(({ rows }) => rows !== undefined),
    isInside: insideInterval(run, definition.eventTime),
    addColumns: objectColumns(plan, raw.sources),
    judges: entities.some(({ hasRows }) => hasRows) ? judgesOf(definition, plan, taken) : [],
    entities: [...asked.filter(({ hasRows }) => !hasRows), ...asked.filter(({ hasRows }) => hasRows)],
    counts,
    rejected,
    files: [],
    misses,
    isFull: false,
  };

  try {
    await judgeRecords(judging, recordsOf(task, store), {
      async write() {
        for (const entity of entities) if (isAtEnd(entity)) await writeBatch(entity);
      },
      // the store's own pace holds the reading back
      async between() {
        sign();
        await rejected.drained();
      },
    });
    for (const entity of entities) await writeBatch(entity);
  } catch (error) {
    rejected.abandon();
    const begun = entities.flatMap(({ files, parents }) => (parents ? [files, parents.files] : [files]));
    await Promise.all(begun.map((files) => files.abandon()));
    throw error;
  }
  const reasons = await rejected.close();

  async function writeBatch(entity: (typeof entities)[number]): Promise<void> {
    entity.rawBytes = 0;
    entity.valid += entity.batch.rows();
    await write(entity);
    if (entity.parents) await write(entity.parents);
  }

  async function write({ batch, files }: Pick<(typeof entities)[number], 'batch' | 'files'>): Promise<void> {
    const rows = batch.rows();
    if (rows === 0) return;
    await files.add(batch.take(), rows);
    sign();
  }

  async function closed({ name, valid, rejected, files, parents, validator }: (typeof entities)[number]) {
    const drift = validator.drift();
    const more = parents && { parents: await parents.files.close() };
    return [name, { valid, rejected, files: await files.close(), ...more, ...(drift && { drift }) }] as const;
  }

  function filesOf(table: EntityPlan) {
    return partFiles({
      store,
      bucket: plan.lakeBucket,
      form: { columns: fileColumns(table), codec: plan.codec ?? 'snappy', groupBytes },
      key: (file) => keys.processedPart(run, table.name, part, file),
      ...(!alone && { waitingKey: (file: number) => keys.stagePart(run, table.name, part, file) }),
    });
  }

  const written = Object.fromEntries(await Promise.all(entities.map(closed)));
  for (const { plan: entity, table } of entities) tables.giveBack(run.pipeline, entity, table, areTexts);
  return {
    counts,
    entities: written,
    ...(reasons && { rejected: rejectedKey, reasons }),
    unreadable: unreadableFiles(judging.files, raw.sources),
    ...misses.found(),
  };
}

/** each table has a row group in the making: together they hold what two would */
function groupBytesOf(entities: EntityPlan[]): number {
  const tables = entities.reduce((sum, entity) => sum + (parentsPlan(entity) ? 2 : 1), 0);
  return Math.min(rowGroupBytes, Math.ceil((2 * rowGroupBytes) / tables));
}
