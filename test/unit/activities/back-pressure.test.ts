import { randomBytes } from 'node:crypto';
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
const events = 100_000;

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

/** an event of a kilobyte, of which no codec makes less */
const event = (at: number) =>
  `${JSON.stringify({
    event: 'register',
    on: 'vehicle',
    at: '2022-11-24T10:00:00.000Z',
    data: { id: `v${at}` },
    organization_id: randomBytes(675).toString('base64'),
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

test('raw is read no further than what the store has not taken yet', { timeout: 60_000 }, async () => {
  const body = Buffer.from(Array.from({ length: events }, (_, at) => event(at)).join(''));
  expect(body.length).toBeGreaterThan(95 * MB);
  s3.objects.set('/raw/part', body);
  const release = held();
  const raw = rawPart('part', body.length);
  const validated = validatePart({ run, plan, part: 0, raw, rawBucket: 'raw' }, [pipeline], sign, store);
  // two pieces of 5 MB are on their way, a row group of 16 MB waits behind them, and another one fills
  await eventually(() => taken >= 24 * MB);
  // whatever is read too far is read by then; a machine that is too busy for it cannot make this fail
  await sleep(500);
  expect(taken).toBeLessThan(70 * MB);
  release();
  expect((await validated).counts.records).toBe(events);
  expect(taken).toBe(body.length);
});
