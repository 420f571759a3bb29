import { validatePart, type ValidatedPart } from '../activities/threads/validate-part.js';
import type { Interval } from '../model/interval.js';
import type { RunRef } from '../model/keys.js';
import type { Plan, RawPart } from '../model/plan.js';
import type { RejectedRecord } from '../model/rejected.js';
import type { RecordForm } from '../model/source.js';
import type { Pipeline } from '../define/pipeline.js';
import { memoryStore } from './memory-store.js';

export interface Validated extends ValidatedPart {
  store: ReturnType<typeof memoryStore>;
  /** what was rejected, with its reasons */
  records: RejectedRecord[];
}

interface ValidatedOptions {
  /** records outside it are dropped where the pipeline has an `eventTime`; 2022-11-24 10:00 to 11:00 when absent */
  interval?: Interval;
  form?: RecordForm;
  gzip?: boolean;
  /** which request or stream of its source the part is of */
  request?: string;
  sources?: RawPart['sources'];
  /** names of those that are wanted; all when absent */
  entities?: string[];
}

/** one raw part through the code of the worker's threads: what a source's answer becomes, without a stack */
export async function validated(
  pipeline: Pipeline,
  body: string | Uint8Array,
  {
    interval = { start: '2022-11-24T10:00:00Z', end: '2022-11-24T11:00:00Z' },
    form = pipeline.source.records,
    gzip = false,
    request,
    sources = [{ name: 'file', offset: 0, bytes: body.length }],
    entities = pipeline.entities.map(({ plan }) => plan.name),
  }: ValidatedOptions = {},
): Promise<Validated> {
  const store = memoryStore();
  const run: RunRef = {
    pipeline: pipeline.name,
    interval,
    workflowId: `${pipeline.name}-${interval.end}`,
    runId: 'run-1',
    trigger: 'manual',
  };
  const plan: Plan = {
    source: { ...pipeline.source, records: form },
    entities: pipeline.entities.flatMap(({ plan }) => (entities.includes(plan.name) ? [plan] : [])),
    lakeBucket: 'lake',
    rawBucket: 'raw',
    maxRejected: pipeline.maxRejected,
    dbtTarget: 'local',
    heartbeatTimeout: 2_000,
  };
  await store.put({ bucket: 'raw', key: 'part' }, body);
  const raw = { key: 'part', bytes: body.length, gzip, sources, ...(request !== undefined && { request }) };
  const part = await validatePart({ run, plan, part: 0, raw, rawBucket: 'raw' }, [pipeline], () => undefined, store);
  const lines = part.rejected ? new TextDecoder().decode(await store.get({ bucket: 'lake', key: part.rejected })) : '';
  const records = lines.split('\n').flatMap((line) => (line ? [JSON.parse(line) as RejectedRecord] : []));
  return { ...part, store, records };
}
