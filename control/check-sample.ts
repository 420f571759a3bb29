import { pathText } from '../model/field-path.js';
import type { Interval } from '../model/interval.js';
import { openAnswers } from '../samples/answers.js';
import { fieldOf } from '../samples/bounds.js';
import { readObjects } from '../samples/objects.js';
import type { Sample } from '../samples/sample.js';
import { eventTimeOf } from '../validate/event-time.js';
import type { Pipeline } from '../define/pipeline.js';
import { valueAt } from '../model/value-at.js';
import { validated, type Validated } from '../testing/validated.js';
import { rootMessage } from './explain.js';

/** objects of a sample that are read: a definition that meets nothing in them is wrong */
const mostObjects = 100;

interface Read {
  bodies: Buffer[];
  interval: Interval;
}

/**
 * what of a definition meets nothing in the pipeline's sample: where its records are, their times, what makes rows of
 * them. The whole sample is one interval, and goes through the code of the worker's threads
 */
export async function sampleProblems(pipeline: Pipeline, sample: Sample): Promise<string[]> {
  try {
    const { bodies, interval } = await read(pipeline, sample);
    const body = Buffer.concat(bodies.flatMap((one) => [one, Buffer.from('\n')]));
    const problems = problemsIn(
      pipeline,
      await validated(pipeline, body, { interval, sources: [sampleSource(body, interval)] }),
    );
    if (problems.length > 0) return problems;
    const records = bodies.flatMap((one) => recordsIn(one.toString('utf8'), pipeline.source.records));
    return records.length > 0 ? [...untimely(pipeline, records), ...without(pipeline, records)] : [];
  } catch (error) {
    return [`its sample cannot be read: ${rootMessage(error)}`];
  }
}

async function read({ source }: Pipeline, sample: Sample): Promise<Read> {
  if (sample.objects) {
    const objects = (await readObjects(sample, sample.objects)).slice(0, mostObjects);
    const read = source.records.form === 'ndjson' ? objects : objects.slice(0, 1);
    return {
      bodies: read.map(({ body }) => body),
      interval: around(objects.map(({ modified }) => modified.getTime())),
    };
  }
  const answers = await openAnswers(sample);
  const { body } = answers.answer(sample.answers?.[0]?.path ?? '/', new URLSearchParams());
  return { bodies: [Buffer.from(body)], interval: around((answers.moments() ?? []).map(({ at }) => at)) };
}

/** with all that a record may get from its object */
const sampleSource = ({ length: bytes }: Buffer, { start }: Interval) => ({
  name: 'file',
  etag: 'sample',
  modified: start,
  offset: 0,
  bytes,
});

/** a record without a time is kept: a path that no record has would drop none, in silence */
function untimely({ eventTime }: Pipeline, records: unknown[]): string[] {
  if (!eventTime) return [];
  const timeOf = eventTimeOf(eventTime);
  if (records.some((record) => timeOf(record) !== undefined)) return [];
  return [`no record of its sample has a time at eventTime '${pathText(eventTime.path)}'`];
}

/** a column that may be null would be null in every row */
function without({ entities }: Pipeline, records: unknown[]): string[] {
  return entities.flatMap(({ plan, rows }) =>
    (rows?.added ?? []).flatMap(([field, path]) =>
      records.some((record) => valueAt(record, path) !== undefined)
        ? []
        : [`no record of its sample has '${pathText(path)}', which \`with\` of ${plan.name} takes as ${field}`],
    ),
  );
}

function recordsIn(text: string, form: Pipeline['source']['records']): unknown[] {
  if (form.form === 'ndjson') return text.split('\n').flatMap(parsed);
  // texts only: what the schema makes of them was looked at
  if (form.form === 'csv') return [];
  return parsed(text).flatMap((whole) => (form.at === undefined ? whole : fieldOf(whole, form.at)) ?? []);
}

function parsed(text: string): unknown[] {
  try {
    return [JSON.parse(text)];
  } catch {
    return [];
  }
}

function around(moments: number[]): Interval {
  const iso = (at: number) => new Date(at).toISOString();
  if (moments.length === 0) return { start: iso(0), end: iso(Date.now()) };
  const [first, last] = moments.reduce(
    ([least, most], at) => [Math.min(least, at), Math.max(most, at)],
    [Infinity, -Infinity],
  );
  return { start: iso(first), end: iso(last + 1) };
}

function problemsIn(pipeline: Pipeline, { counts, entities, records, unreadable, ignored, dropped, unit }: Validated) {
  if (unreadable && unreadable.length > 0) return [`nothing of its sample can be read: ${unreadable.join('; ')}`];
  if (counts.records === 0) return [`its sample has no record${whereOf(pipeline)}`];
  if (counts.ignored === counts.records)
    return [`\`when\` matches none of the ${counts.records} records of its sample: ${listed(ignored)}`];
  if (counts.dropped === counts.records) {
    const path = pathText(pipeline.eventTime?.path ?? []);
    return [
      `all ${counts.records} records of its sample lie outside by eventTime '${path}': ${unit ?? listed(dropped)}`,
    ];
  }
  return Object.entries(entities).flatMap(([entity, { valid, rejected }]) => {
    if (valid > 0) return [];
    if (rejected === 0) return [`no record of its sample becomes a row of ${entity}: see its \`when\` and \`rows\``];
    const why = records.find((record) => record.entity === entity)?.reasons.map((reason) => JSON.stringify(reason));
    return [`every row of ${entity} in its sample is rejected (${rejected}): ${why?.join('; ') ?? 'no reason'}`];
  });
}

function whereOf({ source: { records } }: Pipeline): string {
  return 'at' in records && records.at ? ` at '${records.at}'` : '';
}

const listed = (values: string[] | undefined) => values?.join(', ') || 'no value';
