import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Pipeline } from '../../define/pipeline.js';
import { valueAt } from '../../model/value-at.js';
import { parseRecord } from '../../records/parse-record.js';
import { openAnswers } from '../../samples/answers.js';
import { sampleOf } from '../../samples/sample.js';
import type { Entity } from '../../validate/entity.js';
import { mutated, seeded } from './mutate.js';
import { verdictsOf } from './verdicts.js';

/** the records of a pipeline's sample */
async function sampleRecords(project: string, { name, source }: Pipeline): Promise<unknown[]> {
  const sample = sampleOf(project, name);
  if (!sample) throw new Error(`${name} has no sample in ${project}`);
  if (sample.objects) {
    const folder = join(sample.folder, sample.objects.folder);
    return readdirSync(folder).flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n').flatMap(parsed));
  }
  const { body } = (await openAnswers(sample)).answer(sample.answers?.[0]?.path ?? '/', new URLSearchParams());
  const { records } = source;
  const at = 'at' in records && records.at !== undefined ? records.at.split('.') : [];
  return valueAt(JSON.parse(String(body)), at) as unknown[];
}

function parsed(line: string): unknown[] {
  try {
    return [JSON.parse(line)];
  } catch {
    return [];
  }
}

/** every mutant judged by the fast path and by zod alone */
export function compareWithZod(entity: Entity, records: unknown[], count: number, seed: number) {
  const fast = verdictsOf(entity);
  const slow = verdictsOf(entity, () => () => false);
  const random = seeded(seed);
  const texts = records.map((record) => JSON.stringify(record));
  const different: unknown[] = [];
  let valid = 0;
  for (let at = 0; at < count; at++) {
    const text = mutated(texts[at % texts.length] ?? '', random);
    const block = Buffer.from(text);
    const parsed = parseRecord({ block, from: 0, to: block.length, isAscii: false, line: 1, offset: 0, source: 0 });
    if ('reason' in parsed || !slow.wants(parsed.value)) continue;
    const one = fast.validate(parsed.value, parsed.digits, !text.includes('\\')).map(plainly);
    const other = slow.validate(parsed.value, parsed.digits, false).map(plainly);
    valid += other.filter((verdict) => verdict.startsWith('row')).length;
    if (JSON.stringify(one) !== JSON.stringify(other)) different.push({ text, fast: one, zod: other });
  }
  return { different, drifts: [fast.drift(), slow.drift()], valid, fast: fast.fast() };
}

/** numbers and bigints are stored alike, but zero has a sign */
function plainly(verdict: ReturnType<ReturnType<typeof verdictsOf>['validate']>[number]): string {
  if ('reasons' in verdict) return `reasons ${verdict.reasons.join('; ')}`;
  return `row ${verdict.row.map((value) => (Object.is(value, -0) ? '-0' : typeof value === 'string' ? JSON.stringify(value) : String(value))).join(' ')}`;
}

/** so many mutants of the records of each sample of a project, and the share of its rows that take the fast path */
export function testFastPath(project: string, pipelines: Pipeline[], mutants: number): void {
  const entities = pipelines.flatMap((pipeline) =>
    pipeline.entities.map((entity) => [`${pipeline.name}.${entity.plan.name}`, pipeline, entity] as const),
  );

  test.each(entities)(
    `%s: the fast path never differs from zod, in ${mutants} mutants`,
    { timeout: 240_000 },
    async (_, pipeline, entity) => {
      const records = (await sampleRecords(project, pipeline)).filter((record) => verdictsOf(entity).wants(record));
      const { different, drifts, valid } = compareWithZod(entity, records, mutants, 20_221_124);
      expect(different.slice(0, 3)).toEqual([]);
      expect(drifts[0]).toEqual(drifts[1]);
      expect(valid).toBeGreaterThan(mutants / 20);
    },
  );

  test.each(entities)('%s: nearly every valid row takes the fast path', async (label, pipeline, entity) => {
    const records = await sampleRecords(project, pipeline);
    const validator = verdictsOf(entity);
    const rows = records.filter(validator.wants).flatMap((record) => validator.validate(record, undefined, true));
    const valid = rows.filter((verdict) => 'row' in verdict).length;
    const share = validator.fast() / valid;
    process.stderr.write(`${label}: ${(share * 100).toFixed(2)} % of ${valid} valid rows by the fast path\n`);
    expect(valid).toBeGreaterThan(1);
    expect(share).toBeGreaterThanOrEqual(0.99);
  });
}
