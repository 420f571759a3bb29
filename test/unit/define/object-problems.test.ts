import { expect, test } from 'vitest';
import { sourceProblems } from '../../../define/source-problems.js';
import { s3Objects } from '../../../sources/declare.js';

const declared = { bucket: 'b', prefix: 'd/' };

test.each<[Partial<Parameters<typeof s3Objects>[0]>, string]>([
  [{ timeFrom: { key: '%H/*' } }, "its timeFrom.key has no %Y and %m and %d: '%H/*'"],
  [{ timeFrom: { events: 'queue' } }, "its timeFrom.events must be the address of an SQS queue, got 'queue'"],
  [
    { prefix: 'd/{start:date}/', timeFrom: { events: 'https://sqs.eu-west-1.amazonaws.com/1/q' } },
    'its events name their keys: its prefix cannot have times',
  ],
  [
    { keys: 'd-{start:date}.json', timeFrom: { events: 'https://sqs.eu-west-1.amazonaws.com/1/q' } },
    'its events name their keys: its keys cannot have times',
  ],
  [{ endpoint: 'minio' }, "its endpoint must be an address, got 'minio'"],
  [{ role: 'reader' }, "its role must be the ARN of an IAM role, got 'reader'"],
  [
    { role: 'arn:aws:iam::123456789012:role/reader', anonymous: true },
    'it has a role and is anonymous: requests are either signed or not',
  ],
  [{ columns: { key: 'a', etag: 'a' } }, "its columns name 'a' twice"],
])('%j is refused', (options, problem) => {
  expect(sourceProblems(s3Objects({ ...declared, ...options }))).toEqual([problem]);
});

test('times of keys are held to the known ones, choices are not', () => {
  expect(sourceProblems(s3Objects({ ...declared, keys: '{start:%Y%m%d}-*.{csv,tsv}' }))).toEqual([]);
  const [problem] = sourceProblems(s3Objects({ ...declared, keys: '{start:day}-*.{csv}' }));
  expect(problem).toContain('its keys has {start:day}, which is not known');
});
