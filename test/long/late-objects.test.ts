import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { world, type World } from '../support/world.js';

let service: World;
let bucket: Server;
/** key to what it holds and when it was modified */
const objects = new Map<string, { at: string; text: string }>();
let listings = 0;
/** answers every request so */
let refusal: number | undefined;

beforeAll(async () => {
  bucket = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://bucket');
    if (refusal) return response.writeHead(refusal).end('<Error><Code>AccessDenied</Code></Error>');
    if (url.searchParams.get('list-type') === '2') {
      listings++;
      const contents = [...objects].map(
        ([key, { at, text }]) =>
          `<Contents><Key>${key}</Key><LastModified>${at}</LastModified><ETag>"${key}"</ETag><Size>${text.length}</Size></Contents>`,
      );
      response.setHeader('content-type', 'application/xml');
      return response.end(`<ListBucketResult><IsTruncated>false</IsTruncated>${contents.join('')}</ListBucketResult>`);
    }
    const key = url.pathname.split('/').slice(2).join('/');
    response.setHeader('etag', `"${key}"`);
    return response.end(objects.get(key)?.text);
  });
  await new Promise<void>((resolve) => bucket.listen(0, '127.0.0.1', resolve));
  service = await world({
    WATERCLOCK_SOURCE_MINIBUSES: `http://127.0.0.1:${(bucket.address() as AddressInfo).port}`,
  });
  await service.startWorker();
}, 60_000);
afterAll(async () => {
  await service?.close();
  bucket?.close();
});

function put(name: string, at: string, id: string): void {
  const event = { event: 'update', on: 'bus', at, data: { id, location: { lat: 52.5, lng: 13.4, at } } };
  objects.set(`data/${name}`, { at, text: JSON.stringify({ ...event, operator_id: 'org' }) });
}

async function backfill(): Promise<unknown> {
  const range = ['--from', '2022-11-24T10:00Z', '--to', '2022-11-24T13:00Z'];
  return (await service.waterclock('backfill', 'create', 'minibuses', ...range, '--dbt', 'skip', '--wait')).json;
}

const loaded = async () =>
  (await service.query('select bus_id from minibuses.positions order by 1')).map(({ bus_id }) => bus_id);

test(
  'a backfill loads the hour whose object appeared after it was loaded, once, and no other',
  { timeout: 120_000 },
  async () => {
    put('first', '2022-11-24T10:10:00.000Z', 'a');
    put('second', '2022-11-24T11:10:00.000Z', 'b');
    objects.set('data/empty', { at: '2022-11-24T12:10:00.000Z', text: '' });
    expect(await backfill()).toMatchObject({ started: 3, loadedEarlier: 0, failedCount: 0 });

    // an upload in parts that ended now and began then
    put('late', '2022-11-24T10:20:00.000Z', 'c');
    const before = listings;
    expect(await backfill()).toMatchObject({ started: 1, loadedEarlier: 2, failedCount: 0 });
    // of the range, of the hour that is run again, and of its run
    expect(listings - before).toBe(3);
    expect(await loaded()).toEqual(['a', 'b', 'c']);

    expect(await backfill()).toMatchObject({ started: 0, loadedEarlier: 3, failedCount: 0 });

    // who refuses to be asked has nothing new
    refusal = 403;
    expect(await backfill()).toMatchObject({ started: 0, loadedEarlier: 3, failedCount: 0 });
  },
);
