import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { validatePart } from '../../../activities/threads/validate-part.js';
import { s3Store, type ObjectStore } from '../../../lake/object-store.js';
import { pipelineOf, planOf, rawPart, runOf } from '../../../bench/data/work.js';
import { eventually } from '../../support/eventually.js';
import { smallS3, type SmallS3 } from '../../support/small-s3.js';

const pipeline = pipelineOf('a');
const run = runOf(pipeline);
const plan = planOf(pipeline);
const sign = () => undefined;
const MB = 1024 * 1024;

let s3: SmallS3;
let store: ObjectStore;
/** bytes of raw that were taken from the store; what a connection has sent ahead is not among them */
let taken = 0;
beforeEach(async () => {
  s3 = await smallS3();
  Object.assign(process.env, s3.environment);
  const real = s3Store({ forcePathStyle: true });
  taken = 0;
  store = { ...real, stream: async (ref) => counted(await real.stream(ref)) };
});
afterEach(() => {
  for (const name of Object.keys(s3.environment)) delete process.env[name];
  s3.close();
});

/** an event of a kilobyte */
const event = (at: number) =>
  `${JSON.stringify({
    event: 'register',
    on: 'vehicle',
    at: '2022-11-24T10:00:00.000Z',
    data: { id: `v${at}` },
    organization_id: 'o'.repeat(900),
  })}\n`;

async function* counted(body: AsyncIterable<Uint8Array>) {
  for await (const chunk of body) {
    taken += chunk.length;
    yield chunk;
  }
}

function held(): () => void {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  s3.beforePut = () => released;
  return release;
}

test('raw is read no further than the batch that the store has not taken yet', { timeout: 60_000 }, async () => {
  const body = Buffer.from(Array.from({ length: 36_000 }, (_, at) => event(at)).join(''));
  expect(body.length).toBeGreaterThan(34 * MB);
  s3.objects.set('/raw/part', body);
  const release = held();
  const raw = rawPart('part', body.length);
  const validated = validatePart({ run, plan, part: 0, raw, rawBucket: 'raw' }, [pipeline], sign, store);
  // a batch holds 8 MB of records: one waits for the store, the next one for that
  await eventually(() => taken >= 16 * MB);
  // whatever is read too far is read by then; a machine that is too busy for it cannot make this fail
  await sleep(500);
  expect(taken).toBeLessThan(17 * MB);
  release();
  expect((await validated).counts.records).toBe(36_000);
  expect(taken).toBe(body.length);
});
