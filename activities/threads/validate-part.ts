import type { ObjectStore } from '../../lake/object-store.js';
import { splitConcatenated } from '../../records/concatenated.js';
import { csvParser } from '../../records/parse-csv.js';
import { parseRecord } from '../../records/parse-record.js';
import type { RawRecord } from '../../records/split-records.js';
import type { Drift } from '../../model/drift.js';
import { TerminalError } from '../../model/errors.js';
import { keys, type RunRef } from '../../model/keys.js';
import type { Plan, RawPart, RecordCounts, RowCounts, StageBatch } from '../../model/plan.js';
import type { ReasonCounts } from '../../model/rejected.js';
import { parentsPlan } from '../../columns/parents.js';
import type { Pipeline } from '../../define/pipeline.js';
import { rowBatch } from '../../validate/row-batch.js';
import { entityValidator } from '../../validate/validator.js';
import { fileWatch } from './file-watch.js';
import { insideInterval } from './inside-interval.js';
import { judgesOf, withTexts } from './judges-of.js';
import { missedValues } from './missed-values.js';
import { objectColumns } from './object-columns.js';
import { recordsOf } from './records-of.js';
import { rejectedLog } from './rejected-log.js';

export interface ValidatePartTask {
  run: RunRef;
  plan: Plan;
  part: number;
  raw: RawPart;
  rawBucket: string;
}

export interface ValidatedPart {
  counts: RecordCounts;
  entities: Record<string, RowCounts & { stage: StageBatch[]; parents?: StageBatch[]; drift?: Drift }>;
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

/** a stage batch ends at so many rows, or at the rows of so many bytes of records: it bounds what a thread holds */
const batchRows = 16_384;
const batchRawBytes = 8 * 1024 * 1024;

/** one raw part: every record parsed and routed once, rows to stage/, what fails to rejected/ */
export async function validatePart(
  task: ValidatePartTask,
  pipelines: Pipeline[],
  sign: () => void,
  store: ObjectStore,
): Promise<ValidatedPart> {
  const { run, plan, part, raw } = task;
  const definition = pipelines.find((candidate) => candidate.name === run.pipeline);
  if (!definition) throw new TerminalError('UnknownPipeline', `this worker has no pipeline ${run.pipeline}`);
  const { records: form } = plan.source;
  const parse = form.form === 'csv' ? csvParser(form) : parseRecord;
  const areTexts = form.form === 'csv';
  const entities = plan.entities.map((entity) => {
    const today = definition.entities.find((candidate) => candidate.plan.name === entity.name);
    if (today?.plan.schemaHash !== entity.schemaHash) {
      throw new TerminalError(
        'SchemaMismatch',
        `${run.pipeline}.${entity.name} was edited after this run was planned; run the interval again`,
      );
    }
    const batch = rowBatch(entity);
    const planned = parentsPlan(entity);
    const parents = planned && { name: planned.name, batch: rowBatch(planned), stage: [] as StageBatch[] };
    return {
      name: entity.name,
      hasRows: today.rows !== undefined,
      ...entityValidator(
        withTexts(today, entity.superTextBytes),
        batch.append,
        undefined,
        parents?.batch.append,
        areTexts,
      ),
      batch,
      parents,
      rawBytes: 0,
      valid: 0,
      rejected: 0,
      stage: [] as StageBatch[],
    };
  });
  // whole records first: the rows of one that is rejected are not looked at
  const inTurn = [...entities.filter(({ hasRows }) => !hasRows), ...entities.filter(({ hasRows }) => hasRows)];
  // a run of some entities loads the rows that a run of all of them would
  const judges = entities.some(({ hasRows }) => hasRows) ? judgesOf(definition, plan, areTexts) : [];
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
  /** one batch at most is on its way while the next one fills */
  let written: Promise<void> = Promise.resolve();
  try {
    for await (const block of recordsOf(task, store)) {
      for (const record of block) {
        judge(record);
        // by rows, never by blocks: the same raw makes the same files, however it is received
        if (isFull) await stageFull();
      }
      sign();
      await rejected.drained();
    }
    for (const entity of entities) await stageBatch(entity);
    await written;
  } catch (error) {
    rejected.abandon();
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

  async function stageFull(): Promise<void> {
    for (const entity of entities) if (isAtEnd(entity)) await stageBatch(entity);
    isFull = false;
  }

  // the store's own pace holds the reading back
  async function stageBatch(entity: (typeof entities)[number]): Promise<void> {
    entity.rawBytes = 0;
    entity.valid += entity.batch.rows();
    await write(entity);
    if (entity.parents) await write(entity.parents);
  }

  async function write({ name, batch, stage }: Pick<(typeof entities)[number], 'name' | 'batch' | 'stage'>) {
    const rows = batch.rows();
    if (rows === 0) return;
    const key = keys.stagePart(run, name, part, stage.length);
    const ipc = batch.take();
    await written;
    written = store.put({ bucket: plan.lakeBucket, key }, ipc);
    // thrown where it is awaited
    written.catch(() => undefined);
    sign();
    stage.push({ key, rows, bytes: ipc.length });
  }

  return {
    counts,
    entities: Object.fromEntries(
      entities.map(({ name, valid, rejected, stage, parents, drift }) => {
        const drifted = drift();
        const more = parents && { parents: parents.stage };
        return [name, { valid, rejected, stage, ...more, ...(drifted && { drift: drifted }) }];
      }),
    ),
    ...(reasons && { rejected: rejectedKey, reasons }),
    unreadable: files.unreadable(),
    ...misses.found(),
  };
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
