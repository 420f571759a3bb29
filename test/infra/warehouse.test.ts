import { describe, expect, test } from 'vitest';
import { names, resources, stackOf } from './templates.js';
import { of, text } from './statements.js';

const one = (name: (typeof names)[number], type: string) => {
  const [[, found] = [], ...more] = resources(stackOf(name, 'warehouse'), type);
  expect(more).toEqual([]);
  return found;
};

describe.each(names)('%s', (name) => {
  test('tables and workgroup outlive their stack, and a last snapshot is taken', () => {
    expect(one(name, 'AWS::RedshiftServerless::Namespace')).toMatchObject({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: { FinalSnapshotName: `waterclock-${name}-final`, KmsKeyId: expect.anything() },
    });
    expect(one(name, 'AWS::RedshiftServerless::Workgroup')).toMatchObject({ DeletionPolicy: 'Retain' });
  });

  test('no password is in the template: Redshift makes it and rotates it', () => {
    const namespace = one(name, 'AWS::RedshiftServerless::Namespace');
    expect(namespace?.Properties).toMatchObject({ ManageAdminPassword: true });
    expect(namespace?.Properties).not.toHaveProperty('AdminUserPassword');
  });

  test('it is reached inside of the VPC only, and with TLS', () => {
    expect(one(name, 'AWS::RedshiftServerless::Workgroup')?.Properties).toMatchObject({
      PubliclyAccessible: false,
      EnhancedVpcRouting: false,
      ConfigParameters: expect.arrayContaining([{ ParameterKey: 'require_ssl', ParameterValue: 'true' }]),
    });
  });

  test('what people and programs did is logged, and kept a year', () => {
    expect(one(name, 'AWS::RedshiftServerless::Namespace')?.Properties?.LogExports).toEqual([
      'userlog',
      'connectionlog',
      'useractivitylog',
    ]);
    const logs = resources(stackOf(name, 'warehouse'), 'AWS::Logs::LogGroup').filter(([id]) => id.startsWith('Audit'));
    expect(logs.map(([, { Properties }]) => [Properties?.LogGroupName, Properties?.RetentionInDays])).toEqual(
      ['userlog', 'connectionlog', 'useractivitylog'].map((log) => [`/aws/redshift/waterclock-${name}/${log}`, 365]),
    );
  });

  test('COPY reads processed files, and nothing else of the lake', () => {
    const objects = of(name, 'warehouse', 'CopyRole').filter(({ Action }) => Action.includes('s3:GetObject'));
    expect(
      objects.flatMap(({ Resource }) => Resource.map((resource) => resource.replace(/.*(\/[a-z]+\/\*).*/, '$1'))),
    ).toEqual(['/processed/*']);
  });

  test('COPY and Spectrum may decrypt with the key of the lake', () => {
    const [decrypt] = of(name, 'warehouse', 'CopyRole').filter(({ Action }) => Action.includes('kms:Decrypt'));
    expect(decrypt?.Resource.join()).toMatch(/lake.*Key/);
  });

  test('partitions can be added and pointed elsewhere, in one database of the catalog', () => {
    const [glue] = of(name, 'warehouse', 'CopyRole').filter(({ Sid }) => Sid === 'Partitions');
    expect(glue?.Action).toEqual(
      expect.arrayContaining(['glue:BatchCreatePartition', 'glue:UpdatePartition', 'glue:CreateTable']),
    );
    expect(glue?.Resource.filter((resource) => /:(database|table)\//.test(resource))).toEqual([
      expect.stringContaining(`:database/waterclock_${name}`),
      expect.stringContaining(`:table/waterclock_${name}/*`),
    ]);
  });

  test('the external schema is made by a statement that can be repeated', () => {
    const schema = one(name, 'AWS::CloudFormation::CustomResource');
    expect(text(schema?.Properties.Sqls)).toMatch(
      new RegExp(
        `CREATE EXTERNAL SCHEMA IF NOT EXISTS spectrum FROM DATA CATALOG DATABASE 'waterclock_${name}' IAM_ROLE`,
      ),
    );
  });

  test('use is limited by the day, and told', () => {
    const limit = JSON.stringify(one(name, 'Custom::RedshiftUsageLimit')?.Properties);
    expect(limit).toMatch(/createUsageLimit/);
    expect(limit).toMatch(/\\"period\\":\\"daily\\"/);
    expect(limit).toMatch(name === 'dev' ? /deactivate/ : /emit-metric/);
  });

  test('a snapshot is taken each day', () => {
    expect(one(name, 'AWS::Scheduler::Schedule')?.Properties).toMatchObject({
      ScheduleExpression: 'cron(0 1 * * ? *)',
      Target: { Input: expect.stringContaining(name === 'dev' ? '"RetentionPeriod":7' : '"RetentionPeriod":35') },
    });
  });
});
