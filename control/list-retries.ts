import { createHash } from 'node:crypto';
import { putJson } from '../lake/object-store.js';
import { keys } from '../model/keys.js';
import type { ListedIntervals } from '../model/listed-intervals.js';
import type { ListedInterval, Retry } from '../model/retry.js';
import type { Context } from './context.js';
import { refuse } from './failure.js';

/** in the lake, since the input of a workflow ends at 2 MB; the same list has the same key */
export async function listRetries(context: Context, pipeline: string, retries: Retry[]): Promise<ListedIntervals> {
  const list = retries.map(({ interval, ...retry }): ListedInterval => ({ ...interval, retry }));
  const [first, last] = [retries[0]?.interval, retries.at(-1)?.interval];
  if (!first || !last) refuse(`no run of ${pipeline} is retried`);
  const hash = createHash('sha256').update(JSON.stringify(list)).digest('hex').slice(0, 16);
  const ref = { bucket: context.settings().lakeBucket, key: keys.retryList(pipeline, hash) };
  return { list: await putJson(await context.store(), ref, list), count: list.length, first, last };
}
