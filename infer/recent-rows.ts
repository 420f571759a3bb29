import type { Pipeline } from '../define/pipeline.js';
import { newestClosed } from '../lake/closed-runs.js';
import { getJson, type ObjectStore } from '../lake/object-store.js';
import { parsePath } from '../model/field-path.js';
import { iso } from '../model/interval.js';
import { keys } from '../model/keys.js';
import { objectsOf, type ExtractManifest } from '../model/plan.js';
import { valueAt } from '../model/value-at.js';
import { parseRecord } from '../records/parse-record.js';
import { splitRecords } from '../records/split-records.js';
import type { Entity } from '../validate/entity.js';
import { exactSchema } from '../validate/exact-schema.js';
import { mostRecords } from './infer-sample.js';
import { readBytes } from './read-bytes.js';
import { schemaChanges, type FieldRejections, type SchemaChange } from './schema-changes.js';
import { addValue, noShape, type Shape } from './shape.js';
import { wholeJson } from './whole-json.js';

interface EntityChanges {
  entity: string;
  rows: number;
  changes: SchemaChange[];
}

export interface RecentChanges {
  /** the ends of the intervals that were looked at, oldest first */
  runs: string[];
  records: number;
  entities: EntityChanges[];
}

interface Looked {
  entity: Entity;
  shape: Shape;
  rejections: Map<string, FieldRejections>;
  judge: ReturnType<typeof exactSchema>;
}

/** what the raw records of the last runs say of a definition; reads the lake only */
export async function recentChanges(
  store: ObjectStore,
  bucket: string,
  { name, entities }: Pick<Pipeline, 'name' | 'entities'>,
  most: number,
): Promise<RecentChanges> {
  const ended = await newestClosed(store, bucket, name, iso(0), iso(Date.now()));
  const looked = entities.map((entity) => ({
    entity,
    shape: noShape(),
    rejections: new Map<string, FieldRejections>(),
    judge: exactSchema(entity.schema),
  }));
  const runs: string[] = [];
  let records = 0;
  for (const { runId, end } of ended.toReversed()) {
    if (runs.length >= most || records >= mostRecords) break;
    const ref = { bucket, key: keys.step({ pipeline: name, runId }, 'extract') };
    if (!(await store.exists(ref))) continue;
    runs.unshift(end);
    for await (const record of recordsOf(store, await getJson<ExtractManifest>(store, ref))) {
      for (const one of looked) look(one, record);
      if (++records >= mostRecords) break;
    }
  }
  return {
    runs,
    records,
    entities: looked.map(({ entity: { plan, known }, shape, rejections }) => ({
      entity: plan.name,
      rows: shape.values,
      changes: schemaChanges({ columns: plan.columns, known, rows: shape, rejections }),
    })),
  };
}

/** of each part as far as a sample is read: what cannot be read has been rejected already */
async function* recordsOf(store: ObjectStore, { bucket, source, parts }: ExtractManifest): AsyncGenerator {
  for (const { key, gzip, packing } of parts.flatMap(objectsOf)) {
    const packed = packing ?? (gzip ? 'gzip' : undefined);
    const { text, isWhole } = await readBytes(await store.stream({ bucket, key }), packed);
    const whole = isWhole || source.records.form !== 'json' ? text : wholeJson(text);
    for await (const block of splitRecords(source.records, once(whole), [])) {
      for (const record of block) {
        const parsed = parseRecord(record);
        if ('value' in parsed) yield parsed.value;
      }
    }
  }
}

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

function look({ entity: { when, rows }, shape, rejections, judge }: Looked, record: unknown): void {
  const conditions = Object.entries(when);
  if (conditions.some(([path, values]) => ![values].flat().includes(String(valueAt(record, parsePath(path)))))) return;
  for (const row of rowsOf(rows, record)) {
    addValue(shape, row);
    const read = judge.safeParse(row);
    for (const { path, message } of read.error?.issues ?? []) {
      const field = path.map(String).join('.');
      const seen = rejections.get(field);
      if (seen) seen.count++;
      else rejections.set(field, { count: 1, message });
    }
  }
}

/** a record whose rows cannot be made is rejected as a whole: it says nothing of fields */
function rowsOf(rows: Entity['rows'], record: unknown): unknown[] {
  if (!rows) return [record];
  try {
    return rows.make(record);
  } catch {
    return [];
  }
}
