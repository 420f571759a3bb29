import { beforeEach, expect, test } from 'vitest';
import { getJson, putJson, type ObjectStore } from '../../../lake/object-store.js';
import { rememberingStore } from '../../../lake/remembering-store.js';
import { memoryStore } from '../../../testing/memory-store.js';

let lake: ObjectStore;
let fetched: string[];
beforeEach(() => {
  const real = memoryStore();
  fetched = [];
  lake = { ...real, put: real.put, get: (ref) => (fetched.push(ref.key), real.get(ref)) };
});
const at = (key: string) => ({ bucket: 'lake', key });

test('what a process has stored is not fetched by its hash, and is fetched without one', async () => {
  const store = rememberingStore(lake);
  const ref = await putJson(store, at('a'), { n: 1 });
  expect(await getJson(store, ref)).toEqual({ n: 1 });
  expect(fetched).toEqual([]);
  expect(await getJson(store, at('a'))).toEqual({ n: 1 });
  expect(fetched).toEqual(['a']);
});

test('what another process has stored is fetched once', async () => {
  const ref = await putJson(lake, at('a'), { n: 1 });
  const store = rememberingStore(lake);
  for (const _ of [1, 2]) expect(await getJson(store, ref)).toEqual({ n: 1 });
  expect(fetched).toEqual(['a']);
});

test('an object that was written over is what its own hash names, and never stands in for another', async () => {
  const store = rememberingStore(lake);
  const first = await putJson(lake, at('a'), { n: 1 });
  const second = await putJson(lake, at('a'), { n: 2 });
  // the lake has the newer one: it is given, and not kept under the older one's hash
  expect(await getJson(store, first)).toEqual({ n: 2 });
  expect(await getJson(store, first)).toEqual({ n: 2 });
  expect(fetched).toEqual(['a', 'a']);
  expect(await getJson(store, second)).toEqual({ n: 2 });
});

test('what is kept has a bound, and what is used least goes first', async () => {
  const store = rememberingStore(lake);
  const text = 'x'.repeat(900_000);
  const refs = [];
  for (let n = 0; n < 20; n++) {
    refs.push(await putJson(store, at(String(n)), text));
    await getJson(store, refs[0] ?? at('0'));
  }
  expect(fetched).toEqual([]);
  await getJson(store, refs[1] ?? at('1'));
  await getJson(store, refs[19] ?? at('19'));
  expect(fetched).toEqual(['1']);
  const large = await putJson(store, at('large'), 'x'.repeat(2_000_000));
  await getJson(store, large);
  expect(fetched).toEqual(['1', 'large']);
});
