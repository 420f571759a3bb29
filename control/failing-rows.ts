import type { DbtResult, FailingRow } from '../model/dbt.js';
import type { ObjectRef } from '../model/plan.js';
import type { Context } from './context.js';
import { rootMessage } from './explain.js';
import { toJson } from './json.js';

/** rows of one test that are shown */
const shown = 3;
const file = /s3:\/\/([^/\s]+)\/(artifacts\/dbt\/[^/\s]+\/failing_rows\.ndjson)/g;

/** rows of failed tests, from the files of the lake that a failure names */
export async function failingRows(context: Context, failure: string): Promise<FailingRow[]> {
  const refs = new Map<string, ObjectRef>();
  for (const [name, bucket = '', key = ''] of failure.matchAll(file)) refs.set(name, { bucket, key });
  if (refs.size === 0) return [];
  const store = await context.store();
  const rows: FailingRow[] = [];
  for (const [name, ref] of refs) {
    try {
      const lines = Buffer.from(await store.get(ref))
        .toString()
        .trim()
        .split('\n');
      rows.push(...lines.map((line) => JSON.parse(line) as FailingRow));
    } catch (error) {
      context.terminal.say(`without the failing rows of ${name}: ${rootMessage(error)}`);
    }
  }
  // a shared build has the tests of others too
  return rows.filter(({ test }) => failure.includes(`${test}: `));
}

/** a text that names the files, of the failures of a result */
export const failuresText = (failures: DbtResult['failures']): string =>
  failures.map(({ name, message }) => `${name}: ${message}`).join('; ');

/** some rows of each test, a line each */
export function failingRowLines(rows: FailingRow[]): string[] {
  const tests = [...new Set(rows.map(({ test }) => test))];
  return tests.flatMap((test) => [
    `rows that fail ${test}`,
    ...rows
      .filter((row) => row.test === test)
      .slice(0, shown)
      .map(({ row }) => `  ${toJson(row)}`),
  ]);
}
