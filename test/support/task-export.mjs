// an etl.py, in the language of this repository: writes objects under the prefix that it is given
import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';

const { GATES, TOKEN, WATERCLOCK_PARAM_GATE: gate, WATERCLOCK_RAW_PREFIX, WATERCLOCK_RESULT } = process.env;
const { hostname: bucket, pathname } = new URL(WATERCLOCK_RAW_PREFIX);
const s3 = new S3Client({ forcePathStyle: true, requestChecksumCalculation: 'WHEN_REQUIRED' });
const put = (name, body) =>
  s3.send(new PutObjectCommand({ Bucket: bucket, Key: `${pathname.slice(1)}${name}`, Body: body }));

process.on('SIGTERM', () => {
  console.log('cleans up');
  process.exit(1);
});
appendFileSync(join(GATES, 'started'), `${process.pid}\n`);
console.log(`begins with ${TOKEN}, try ${process.env.WATERCLOCK_TRY}`);
await put('a.json', '{"id":"a"}\n{"id":"b"}\n');
const isHeld = () => gate && !existsSync(join(GATES, gate));
while (isHeld()) await sleep(50);
await put('more/c.json', '{"id":"c"}\n');
const result = JSON.stringify({ counts: { exported: 3 }, notes: `epoch ${process.argv[2]}` });
if (WATERCLOCK_RESULT.startsWith('s3://')) await put(WATERCLOCK_RESULT.slice(WATERCLOCK_RAW_PREFIX.length), result);
else writeFileSync(WATERCLOCK_RESULT, result);
