import { describe, expect, test } from 'vitest';
import { settings } from '../../examples/infra/settings.js';
import { names, resources, stackOf } from './templates.js';
import { of } from './statements.js';

const buckets = (name: (typeof names)[number]) => resources(stackOf(name, 'lake'), 'AWS::S3::Bucket');
const data = (name: (typeof names)[number]) => buckets(name).filter(([id]) => !id.startsWith('Logs'));
type Found = ReturnType<typeof resources>[number][1];
const rules = ({ Properties }: Found) =>
  (Properties.LifecycleConfiguration as { Rules: Record<string, unknown>[] }).Rules;

test.each(names)('%s has a bucket for each rawBucket that the settings name, by the name that they give it', (name) => {
  const given = Object.values(settings[name].lake.rawBuckets);
  expect(given).toHaveLength(1);
  expect(data(name).map(([, { Properties }]) => Properties?.BucketName)).toEqual([undefined, ...given]);
});

describe.each(names)('%s', (name) => {
  test.each(buckets(name))('%s is versioned, private, encrypted, and outlives its stack', (_, bucket) => {
    expect(bucket).toMatchObject({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        VersioningConfiguration: { Status: 'Enabled' },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        BucketEncryption: { ServerSideEncryptionConfiguration: [expect.anything()] },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      },
    });
  });

  test.each(data(name))('%s is encrypted with the key of the lake, and logs who reads it', (_, { Properties }) => {
    expect(JSON.stringify(Properties?.BucketEncryption)).toMatch(/"SSEAlgorithm":"aws:kms"/);
    expect(JSON.stringify(Properties?.BucketEncryption)).toMatch(/KMSMasterKeyID/);
    expect(Properties?.LoggingConfiguration).toBeDefined();
  });

  test.each(data(name))('what is in raw/ of %s is deleted by nobody and by no rule', (id, bucket) => {
    const denied = of(name, 'lake', id).filter(({ Sid }) => Sid === 'RawIsNeverDeleted');
    // the policy of a bucket is named after it
    const policies = of(name, 'lake', id.replace(/[0-9A-F]{8}$/, 'Policy'));
    const [never] = [...denied, ...policies].filter(({ Sid }) => Sid === 'RawIsNeverDeleted');
    expect(never).toMatchObject({ Effect: 'Deny', Principal: { AWS: '*' } });
    expect(never?.Action).toEqual(expect.arrayContaining(['s3:DeleteObject', 's3:DeleteObjectVersion']));
    expect(never?.Resource.join()).toContain('/raw/*');
    expect(never?.Condition).toBeUndefined();
    const raw = rules(bucket).filter(({ Prefix }) => Prefix === 'raw/' || Prefix === undefined);
    for (const rule of raw) {
      expect(Object.keys(rule).filter((key) => /Expiration/.test(key))).toEqual([]);
    }
  });

  test('plain HTTP is refused, old TLS too', () => {
    const refused = of(name, 'lake', '').filter(({ Effect, Condition }) => Effect === 'Deny' && Condition);
    const conditions = refused.map(({ Condition }) => JSON.stringify(Condition));
    const count = buckets(name).length;
    expect(conditions.filter((one) => one.includes('"aws:SecureTransport":"false"'))).toHaveLength(count);
    expect(conditions.filter((one) => one.includes('s3:TlsVersion'))).toHaveLength(count);
  });

  test('no condition on the network stops COPY or Spectrum', () => {
    const conditions = of(name, 'lake', '').map(({ Condition }) => JSON.stringify(Condition ?? ''));
    expect(conditions.filter((one) => /aws:(SourceVpce?|SourceIp|VpcSourceIp)/i.test(one))).toEqual([]);
  });

  test('stage, rejected and superseded files go; other processed files stay', () => {
    const [[, bucket] = []] = data(name);
    if (!bucket) throw new Error('there is no lake');
    const ending = rules(bucket).filter(({ ExpirationInDays }) => ExpirationInDays !== undefined);
    expect(ending.map(({ Prefix, TagFilters }) => [Prefix, TagFilters])).toEqual([
      ['stage/', undefined],
      ['rejected/', undefined],
      ['processed/', [{ Key: 'waterclock', Value: 'superseded' }]],
    ]);
    expect(rules(bucket)).toContainEqual(
      expect.objectContaining({ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 } }),
    );
  });

  test('every key of every stack is rotated', () => {
    for (const stack of ['lake', 'warehouse', 'observability']) {
      const keys = resources(stackOf(name, stack), 'AWS::KMS::Key');
      expect(keys).toHaveLength(1);
      for (const [, { Properties }] of keys) expect(Properties?.EnableKeyRotation).toBe(true);
    }
  });
});
