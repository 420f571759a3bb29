import { afterAll, beforeAll, expect, test } from 'vitest';
import { planOf, rawPart, runOf } from '../../bench/data/work.js';
import type { ValidatedPart } from '../../activities/threads/validate-part.js';
import { threadPool } from '../../worker/threads.js';
import deadly from '../support/deadly-pipelines.js';
import { smallS3, type SmallS3 } from '../support/small-s3.js';

let s3: SmallS3;
let pool: ReturnType<typeof threadPool>;
beforeAll(async () => {
  s3 = await smallS3();
  Object.assign(process.env, s3.environment);
  const project = new URL('../support/deadly-pipelines.ts', import.meta.url).href;
  pool = threadPool({ store: { forcePathStyle: true }, project, threads: 1, signEvery: 50 });
});
afterAll(async () => {
  for (const name of Object.keys(s3.environment)) delete process.env[name];
  await pool.close();
  s3.close();
});

function validate(
  id: string,
  signal = new AbortController().signal,
  sign: () => void = () => undefined,
): Promise<ValidatedPart> {
  const [pipeline] = deadly.pipelines;
  if (!pipeline) throw new Error('no pipeline');
  s3.objects.set('/raw/part', Buffer.from(JSON.stringify({ id })));
  const task = { run: runOf(pipeline), plan: planOf(pipeline), part: 0, raw: rawPart('part', 20), rawBucket: 'raw' };
  return pool.run('validatePart', task, sign, signal);
}

test('a thread knows every task by its name', async () => {
  const task = {
    bucket: 'lake',
    files: [{ key: 'gone', rows: 1, bytes: 1 }],
    key: 'joined',
    form: { columns: [], codec: 'snappy' },
  };
  const { signal } = new AbortController();
  // from the task itself, which looks for its file
  await expect(pool.run('joinFiles', task, () => undefined, signal)).rejects.toMatchObject({ name: 'ManifestMissing' });
});

test('a thread that dies fails its task as a fault that may pass, and another one takes the next', async () => {
  await expect(validate('deadly')).rejects.toMatchObject({ name: 'Error', message: 'worker exited with code: 7' });
  expect((await validate('harmless')).counts.records).toBe(1);
});

test('a task that is cancelled ends with its thread, whatever it waits for', async () => {
  const cancel = new AbortController();
  s3.beforePut = () => new Promise(() => cancel.abort());
  await expect(validate('harmless', cancel.signal)).rejects.toMatchObject({ name: 'AbortError' });
  s3.beforePut = () => Promise.resolve();
  expect((await validate('harmless')).counts.records).toBe(1);
});

test('parts that wait for the only thread give signs all along', async () => {
  s3.beforePut = () => new Promise((resolve) => setTimeout(resolve, 800));
  const { signal } = new AbortController();
  let last = Date.now();
  let longest = 0;
  const sign = () => {
    longest = Math.max(longest, Date.now() - last);
    last = Date.now();
  };
  // the last one waits for the four before it
  const before = [1, 2, 3, 4].map(() => validate('harmless', signal));
  await validate('harmless', signal, sign);
  await Promise.all(before);
  s3.beforePut = () => Promise.resolve();
  // without signs it is silent for as long as the four take
  expect(longest).toBeLessThan(2_400);
});
