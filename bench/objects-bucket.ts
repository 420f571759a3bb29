import { gzipSync } from 'node:zlib';
import { listingS3, type ListedKey } from '../test/support/listing-s3.js';

/** objects of the hour that is extracted */
const ofTheHour = 20_000;
const total = Number(process.argv[2] ?? ofTheHour);
const hour = 3_600_000;
const last = Date.parse('2022-11-24T10:00:00Z');
const hours = Math.ceil(total / ofTheHour);

const rows = Array.from({ length: 10 }, (_, row) => `{"id":"row-${row}","n":${row}}\n`).join('');
const body = gzipSync(rows);

/** the nth key: the hours before the one that is extracted, then that one */
function keyAt(index: number): ListedKey {
  const at = new Date(last - (hours - 1 - Math.floor(index / ofTheHour)) * hour).toISOString();
  const key = `logs/${at.slice(0, 10).replaceAll('-', '/')}/${at.slice(11, 13)}/${String(index).padStart(8, '0')}.json.gz`;
  return { key, modified: at, bytes: body.length };
}

function* keys(from: string): Generator<ListedKey> {
  let [low, high] = [0, total];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keyAt(middle).key < from) low = middle + 1;
    else high = middle;
  }
  for (let index = low; index < total; index++) yield keyAt(index);
}

const s3 = await listingS3({ keys, body: () => body });
process.send?.(s3.url);
