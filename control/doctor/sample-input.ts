import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { firstFrom, lastComplete, type Grid, type Interval } from '../../model/interval.js';
import { openAnswers } from '../../samples/answers.js';
import { readObjects } from '../../samples/objects.js';
import type { Sample } from '../../samples/sample.js';
import type { Pipeline } from '../../define/pipeline.js';

export interface SampleInput {
  interval: Interval;
  /** the raw objects that the source gives of it */
  bodies: { name: string; body: Buffer }[];
}

/** in place of the first answer, where the whole sample is too much to carry about */
const small = 'small.json';

/** what a run extracts of the first interval that a sample has something of; of a snapshot, its whole state */
export async function sampleInput(pipeline: Pipeline, sample: Sample, now: number): Promise<SampleInput> {
  if (sample.objects) return objectsInput(pipeline, sample, sample.objects);
  const [first, ...rest] = sample.answers ?? [];
  if (!first) throw new Error('it has no answer');
  const file = existsSync(join(sample.folder, small)) ? small : first.file;
  const answers = await openAnswers({ ...sample, answers: [{ ...first, file }, ...rest] });
  const moments = answers.moments();
  const shown = sample.snapshotAt === undefined ? now : Date.parse(sample.snapshotAt);
  const interval = moments ? holding(pipeline.grid, earliest(moments)) : lastComplete(pipeline.grid, shown);
  const query = new URLSearchParams();
  for (const { from, to } of Object.values(first.where ?? {})) {
    if (from === undefined || to === undefined) continue;
    query.set(from, interval.start);
    query.set(to, interval.end);
  }
  const { status, body } = answers.answer(first.path, query);
  if (status !== 200) throw new Error(`its answer has status ${status}: ${String(body).trim()}`);
  return { interval, bodies: [{ name: file, body: Buffer.from(body) }] };
}

async function objectsInput(
  { grid, source }: Pipeline,
  sample: Sample,
  objects: NonNullable<Sample['objects']>,
): Promise<SampleInput> {
  const all = await readObjects(sample, objects);
  const interval = holding(grid, earliest(all.map(({ modified }) => ({ at: modified.getTime() }))));
  const inside = all.filter(({ modified }) => {
    const at = modified.toISOString();
    return at >= new Date(interval.start).toISOString() && at < new Date(interval.end).toISOString();
  });
  const read = source.records.form === 'ndjson' ? inside : inside.slice(0, 1);
  return { interval, bodies: read.map(({ name, body }) => ({ name, body })) };
}

function earliest(moments: { at: number }[]): number {
  if (moments.length === 0) throw new Error('it is empty');
  return moments.reduce((least, { at }) => Math.min(least, at), Infinity);
}

/** the interval in which a moment is */
function holding(grid: Grid, at: number): Interval {
  return firstFrom(grid, Date.parse(lastComplete({ ...grid, offset: 0 }, at).end));
}
