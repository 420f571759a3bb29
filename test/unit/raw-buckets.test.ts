import { expect, test } from 'vitest';
import { bucketsOf, rawBucketOf, readRawBuckets, writeRawBuckets } from '../../model/raw-buckets.js';
import { pipelineOfVariable, sourceVariable } from '../../model/source-variable.js';

const settings = { lakeBucket: 'lake', rawBuckets: { 'shop-files': 'acme-dev-shop-files' } };

test.each([
  ['without a bucket of its own, in the lake', {}, 'lake'],
  ['in the bucket that the deployment has for it', { rawBucket: 'shop-files' }, 'acme-dev-shop-files'],
  ['in the bucket of its definition', { rawBucket: 'till-files' }, 'till-files'],
  ['in that of its definition, though objects have such a member', { rawBucket: 'constructor' }, 'constructor'],
])('the raw objects of a pipeline are %s', (_, pipeline, bucket) => {
  expect(rawBucketOf(pipeline, settings)).toBe(bucket);
});

test('each bucket is there once', () => {
  const pipelines = [{ rawBucket: 'shop-files' }, { rawBucket: 'shop-files' }, {}];
  expect(bucketsOf(pipelines, settings)).toEqual(['lake', 'acme-dev-shop-files']);
});

test('buckets are read as they were written', () => {
  const problems: string[] = [];
  const buckets = { 'shop-files': 'acme-dev-shop-files', 'till-files': 'acme-dev-till-files' };
  expect(readRawBuckets(writeRawBuckets(buckets), problems)).toEqual(buckets);
  expect(readRawBuckets(undefined, problems)).toEqual({});
  expect(problems).toEqual([]);
});

test('a pair that is not one is a problem', () => {
  const problems: string[] = [];
  readRawBuckets('shop-files, till-files=', problems);
  expect(problems).toEqual([
    'WATERCLOCK_RAW_BUCKETS has pairs like shop-files=acme-dev-shop-files, got shop-files',
    'WATERCLOCK_RAW_BUCKETS has pairs like shop-files=acme-dev-shop-files, got till-files=',
  ]);
});

test('the variable of a source is read as it was written, and a limit of sources is none', () => {
  expect(pipelineOfVariable(sourceVariable('shop_orders'))).toBe('shop_orders');
  expect(pipelineOfVariable('WATERCLOCK_SOURCE_MOST_BYTES')).toBeUndefined();
});
