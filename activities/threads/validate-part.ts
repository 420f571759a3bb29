import type { ObjectStore } from '../../lake/object-store.js';
import { splitConcatenated } from '../../records/concatenated.js';
import { csvParser } from '../../records/parse-csv.js';
import { parseRecord } from '../../records/parse-record.js';
import type { RawRecord } from '../../records/split-records.js';
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
import { fileWatch } from './file-watch.js';
import { insideInterval } from './inside-interval.js';
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

/** a batch ends at so many rows, or at the rows of so many bytes of records: it bounds what a thread holds */
const batchRows = 16_384;
const batchRawBytes = 8 * 1024 * 1024;

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
  const parse = form.form === 'csv' ? csvParser(form) : parseRecord;
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
      ...validator,
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
  const inTurn = [...asked.filter(({ hasRows }) => !hasRows), ...asked.filter(({ hasRows }) => hasRows)];
  // a run of some entities loads the rows that a run of all of them would
  const taken = { areTexts, request: raw.request };
  const judges = entities.some(({ hasRows }) => hasRows) ? judgesOf(definition, plan, taken) : [];
  const counts: RecordCounts = { records: 0, routed: 0, ignored: 0, dropped: 0, unparseable: 0 };
  const rejectedKey = keys.rejectedPart(run, part);
  const rejected = rejectedLog(raw.sources, (lines) =>
    store.upload({ bucket: plan.lakeBucket, key: rejectedKey }, lines),
  );
  const files = fileWatch(raw.sources);
  const misses = missedValues(definition, run.interval);
  const isLines = form.form === 'ndjson';
  const mayBeLists = definition.entities.some(({ rows }) => rows !== undefined);
  const addColumns = objectColumns(plan, raw.sources);
  const isInside = insideInterval(run, definition.eventTime);

  let isFull = false;
  try {
    for await (const block of recordsOf(task, store)) {
      for (const record of block) {
        judge(record);
        // by rows, never by blocks: the same raw makes the same files, however it is received
        if (isFull) await writeFull();
      }
      sign();
      await rejected.drained();
    }
    for (const entity of entities) await writeBatch(entity);
  } catch (error) {
    rejected.abandon();
    const begun = entities.flatMap(({ files, parents }) => (parents ? [files, parents.files] : [files]));
    await Promise.all(begun.map((files) => files.abandon()));
    throw error;
  }
  const reasons = await rejected.close();

  function judge(record: RawRecord): void {
    const parsed = parse(record);
    if ('reason' in parsed && isLines) {
      const several = splitConcatenated(record);
      if (several) return several.forEach(judge);
    }
    counts.records++;
    if ('reason' in parsed) {
      counts.unparseable++;
      rejected.add(record, null, [parsed.reason]);
      files.broken(record, parsed.reason);
      return;
    }
    if (isLines && !mayBeLists && Array.isArray(parsed.value)) files.broken(record, listInLines);
    else files.read(record);
    if (!isInside(parsed.value)) {
      counts.dropped++;
      misses.dropped(parsed.value);
      return;
    }
    const { value, digits, isPlain } = parsed;
    addColumns?.(value, record.source);
    let isRouted = false;
    let rejectedBy = judges.find(
      (judge) => judge.wants(value) && judge.validate(value, digits, isPlain).length > 0,
    )?.name;
    for (const entity of inTurn) {
      if (!entity.wants(value)) continue;
      isRouted = true;
      entity.rawBytes += record.to - record.from;
      let told: string[] | undefined;
      for (const reasons of entity.validate(value, digits, isPlain, rejectedBy)) {
        entity.rejected++;
        if (!entity.hasRows) rejectedBy ??= entity.name;
        // a line repeats the record: rows that share one verdict share it
        if (reasons !== told) rejected.add(record, entity.name, reasons);
        told = reasons;
      }
      if (isAtEnd(entity)) isFull = true;
    }
    counts[isRouted ? 'routed' : 'ignored']++;
    if (!isRouted) misses.ignored(parsed.value);
  }

  async function writeFull(): Promise<void> {
    for (const entity of entities) if (isAtEnd(entity)) await writeBatch(entity);
    isFull = false;
  }

  // the store's own pace holds the reading back
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

  async function closed({ name, valid, rejected, files, parents, drift }: (typeof entities)[number]) {
    const drifted = drift();
    const more = parents && { parents: await parents.files.close() };
    return [
      name,
      { valid, rejected, files: await files.close(), ...more, ...(drifted && { drift: drifted }) },
    ] as const;
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
    unreadable: files.unreadable(),
    ...misses.found(),
  };
}

/** each table has a row group in the making: together they hold what two would */
function groupBytesOf(entities: EntityPlan[]): number {
  const tables = entities.reduce((sum, entity) => sum + (parentsPlan(entity) ? 2 : 1), 0);
  return Math.min(rowGroupBytes, Math.ceil((2 * rowGroupBytes) / tables));
}

interface Filling {
  batch: { rows(): number };
  parents: { batch: { rows(): number } } | undefined;
  rawBytes: number;
}

function isAtEnd({ batch, parents, rawBytes }: Filling): boolean {
  return Math.max(batch.rows(), parents?.batch.rows() ?? 0) >= batchRows || rawBytes >= batchRawBytes;
}

const listInLines = 'a line is a JSON array';
