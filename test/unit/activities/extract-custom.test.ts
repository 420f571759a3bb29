import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { expect, test } from 'vitest';
import type { Dependencies } from '../../../activities/dependencies.js';
import { extract } from '../../../activities/extract.js';
import type { ObjectStore } from '../../../lake/object-store.js';
import type { Generate } from '../../../model/custom-code.js';
import type { ExtractManifest, Extracted, Plan } from '../../../model/plan.js';
import { custom } from '../../../sources/declare.js';
import { memoryStore, type MemoryStore } from '../../../testing/memory-store.js';
import { tinyPipeline } from '../../support/tiny-pipeline.js';
import { tinyRun as run } from '../../support/tiny-run.js';

const count = 7;
const token = 'planted-token-4711';
const quiet = new DefaultLogger('ERROR', () => undefined);

let asked: number[] = [];

const withPlaces: Generate = async function* ({ resume, secret }) {
  for (let page = (resume as { page?: number } | undefined)?.page ?? 0; page < count; page++) {
    asked.push(page);
    yield { name: `page-${page}`, body: `{"id":"${page}"}`, resume: { page: page + 1, with: secret('SHOP_TOKEN') } };
  }
};
const fromTheBeginning: Generate = async function* () {
  for (let page = 0; page < count; page++) yield { name: `page-${page}`, body: `{"id":"${page}"}` };
};

function extracted(store: ObjectStore, generate: Generate): Promise<Extracted> {
  const pipeline = tinyPipeline({ source: custom(generate, { secrets: ['SHOP_TOKEN'] }) });
  const plan = { source: pipeline.source, rawBucket: 'raw', lakeBucket: 'lake' } as unknown as Plan;
  const dependencies = {
    store,
    pipelines: [pipeline],
    environment: { SHOP_TOKEN: token },
    settings: { sources: {}, sourceLimits: { bytes: 1e9, bytesPerSecond: 1 } },
  } as unknown as Dependencies;
  const environment = new MockActivityEnvironment({ heartbeatTimeoutMs: 10_000 }, { logger: quiet });
  return environment.run(() => extract(dependencies)({ run, plan })) as Promise<Extracted>;
}

/** a store that ends the work at its nth write, before or after it is done, as the death of a worker does */
function dying(store: MemoryStore, nth: number, isDone: boolean): ObjectStore {
  let writes = 0;
  async function write<T>(work: () => Promise<T>): Promise<T> {
    const isLast = ++writes === nth;
    if (isLast && !isDone) throw new Error('the worker was killed');
    const result = await work();
    if (isLast) throw new Error('the worker was killed');
    return result;
  }
  return {
    ...store,
    put: (ref, body) => write(() => store.put(ref, body)),
    upload: (ref, body) => write(() => store.upload(ref, body)),
  };
}

test.each([
  ['goes on by its place', withPlaces],
  ['begins again', fromTheBeginning],
])('code that %s: a worker that dies at any write, every object is there once', async (_, generate) => {
  let deaths = 0;
  for (let nth = 1; nth < 3 * count; nth++) {
    for (const isDone of [false, true]) {
      asked = [];
      const store = memoryStore();
      const died = await extracted(dying(store, nth, isDone), generate).then(
        () => false,
        () => true,
      );
      if (died) {
        deaths++;
        expect(await extracted(store, generate)).toMatchObject({ files: count, parts: 1 });
      }
      const body = await store.get({ bucket: 'lake', key: 'runs/tiny/r/extract.json' });
      const { parts } = JSON.parse(Buffer.from(body).toString()) as ExtractManifest;
      expect(parts[0]?.sources.map(({ name }) => name)).toEqual(Array.from({ length: count }, (_, at) => `page-${at}`));
      expect(asked.length).toBeLessThanOrEqual(count + 1);
      for (const key of store.keys()) {
        const [bucket = '', ...rest] = key.split('/');
        expect(Buffer.from(await store.get({ bucket, key: rest.join('/') })).toString(), key).not.toContain(token);
      }
    }
  }
  expect(deaths).toBeGreaterThan(2 * count);
});
