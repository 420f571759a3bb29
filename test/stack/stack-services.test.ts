import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type FileStack, fileStack } from '../support/file-stack.js';

let own: FileStack;
let s3: S3Client;

beforeAll(async () => {
  own = await fileStack();
  s3 = new S3Client({
    endpoint: own.environment['AWS_ENDPOINT_URL_S3'] ?? '',
    region: own.environment['AWS_REGION'] ?? '',
    forcePathStyle: true,
    responseChecksumValidation: 'WHEN_REQUIRED',
    credentials: inject('stack').credentials,
  });
});
afterAll(async () => {
  s3.destroy();
  await own.close();
});

const put = (Key: string, Body: string) => s3.send(new PutObjectCommand({ Bucket: own.bucket, Key, Body }));
const get = async (Key: string) => {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: own.bucket, Key }));
  return Body?.transformToString();
};

test('an object is read as it was written last, at once', async () => {
  for (let turn = 0; turn < 10; turn++) {
    await put('raw/dt=2022-11-24/a b.json', `turn ${turn}`);
    expect(await get('raw/dt=2022-11-24/a b.json')).toBe(`turn ${turn}`);
  }
});

test('an upload in parts is whole, also in ranges', async () => {
  const bytes = Buffer.alloc(12_000_000, 'waterclock');
  await new Upload({ client: s3, params: { Bucket: own.bucket, Key: 'big/part', Body: bytes } }).done();
  const head = await s3.send(new HeadObjectCommand({ Bucket: own.bucket, Key: 'big/part' }));
  expect(head.ContentLength).toBe(bytes.length);
  const range = await s3.send(
    new GetObjectCommand({ Bucket: own.bucket, Key: 'big/part', Range: 'bytes=6000000-6000009' }),
  );
  expect(await range.Body?.transformToString()).toBe(bytes.toString('utf8', 6_000_000, 6_000_010));
  const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket: own.bucket, Prefix: 'big/' }));
  expect(Contents?.map(({ Key, Size }) => [Key, Size])).toEqual([['big/part', bytes.length]]);
});

test('each file has a database of its own, in UTC and the C locale', async () => {
  const { PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE } = own.environment;
  const client = new pg.Client({
    host: PGHOST,
    port: Number(PGPORT),
    user: PGUSER,
    password: PGPASSWORD,
    database: PGDATABASE,
  });
  await client.connect();
  const settings = "current_setting('timezone') as zone, datcollate as locale";
  const { rows } = await client.query(
    `select datname as name, ${settings} from pg_database where datname = current_database()`,
  );
  await client.end();
  expect(rows).toEqual([{ name: own.database, zone: 'UTC', locale: 'C' }]);
});

test('the public bucket needs no key and cannot be written', async () => {
  const address = own.environment['WATERCLOCK_SOURCE_MINIBUSES'] ?? '';
  const listing = await fetch(`${address}/minibus-events?list-type=2&prefix=data/`);
  expect(await listing.text()).toContain('<Key>data/');
  const written = await fetch(`${address}/minibus-events/data/x`, { method: 'PUT', body: 'x' });
  expect(written.ok).toBe(false);
});
