import { describe, expect, test } from 'vitest';
import { policyFor } from '../../tasks/credentials.js';
import { judgedEnvironment } from './judge/environment.js';
import { impliedBy, judge } from './judge/judge.js';
import { names } from './templates.js';

// the session of a try may do what both its role and its own policy allow, and what S3 asks of KMS for it

describe.each(names)('%s', (name) => {
  const environment = judgedEnvironment(name);
  const lake = environment.outputs.get('LakeBucket') ?? '';
  const of = (tries: string, pipeline = 'programmed') => `raw/${pipeline}/dt=2022-11-24/hr=10/r/task-${tries}/`;
  const arn = (key: string) => `arn:aws:s3:::${lake}${key && `/${key}`}`;

  async function isAllowed(action: string, resource: string): Promise<boolean> {
    const role = environment.roles('workers').get('ProgramRole');
    if (!role) throw new Error(`${name} has no role of programs`);
    const session = JSON.parse(policyFor(role.arn, { bucket: lake, key: of('00001') })) as typeof role.document;
    const call = { action, resource };
    const calls = [call, ...impliedBy(call, environment, false)];
    const verdicts = calls.flatMap((one) =>
      [role, { ...role, document: session }].map((policies) => judge(policies, one, environment)),
    );
    return (await Promise.all(verdicts)).every((verdict) => verdict.isAllowed);
  }

  test('a try of a program writes below its own prefix', async () => {
    expect(await isAllowed('s3:PutObject', arn(`${of('00001')}orders.json`))).toBe(true);
    expect(await isAllowed('s3:AbortMultipartUpload', arn(`${of('00001')}orders.json`))).toBe(true);
  });

  test.each([
    ['another try', 's3:PutObject', arn(`${of('00002')}orders.json`)],
    ['another pipeline', 's3:PutObject', arn(`${of('00001', 'readings')}orders.json`)],
    ['what others wrote', 's3:PutObject', arn('processed/readings/readings/part-00000.parquet')],
    ['its own objects', 's3:GetObject', arn(`${of('00001')}orders.json`)],
    ['the lake', 's3:ListBucket', arn('')],
    ['its own objects, for ever', 's3:DeleteObject', arn(`${of('00001')}orders.json`)],
  ])('and nothing else: %s by %s', async (_, action, resource) => {
    expect(await isAllowed(action, resource)).toBe(false);
  });
});
