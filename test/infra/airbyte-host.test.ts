import { Stack } from 'aws-cdk-lib';
import { SecurityGroup, Vpc, type IVpc } from 'aws-cdk-lib/aws-ec2';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { acknowledge } from '../../infra/acknowledge.js';
import { airbyteHost } from '../../infra/airbyte/host.js';
import { emptyApp } from '../../infra/app.js';
import { resources, type Template } from './templates.js';

const out = mkdtempSync(join(tmpdir(), 'wc-cdk-'));
afterAll(() => rmSync(out, { recursive: true }));

/** synthesis itself fails on a finding of cdk-nag */
const template = ((): Template => {
  const app = emptyApp(out);
  const stack = new Stack(app, 'beside');
  const vpc = new Vpc(stack, 'Network') as IVpc;
  acknowledge(vpc, 'VPC7', 'a network of a test');
  const from = new SecurityGroup(stack, 'Workers', { vpc });
  airbyteHost(stack, 'Airbyte', { vpc, from, ami: 'ami-0123456789abcdef0' });
  return app.synth().getStackByName('beside').template as Template;
})();

const propertiesOf = (type: string) => resources(template, type).map(([, { Properties }]) => Properties);
const [instance = {}] = propertiesOf('AWS::EC2::Instance');

test('the host has no public address, and the workers alone reach its port', () => {
  expect(JSON.stringify(instance)).not.toContain('AssociatePublicIpAddress');
  expect(JSON.stringify(instance['SubnetId'])).toContain('PrivateSubnet');
  const rules = propertiesOf('AWS::EC2::SecurityGroupIngress');
  expect(rules).toMatchObject([{ FromPort: 8000, ToPort: 8000, SourceSecurityGroupId: {} }]);
  const groups = propertiesOf('AWS::EC2::SecurityGroup');
  expect(groups.every(({ SecurityGroupIngress }) => SecurityGroupIngress === undefined)).toBe(true);
});

test('its disk is encrypted, stays when the instance ends, and is backed up each day', () => {
  expect(instance['BlockDeviceMappings']).toMatchObject([
    { Ebs: { Encrypted: true, DeleteOnTermination: false, VolumeSize: 100 } },
  ]);
  expect(instance['DisableApiTermination']).toBe(true);
  expect(propertiesOf('AWS::Backup::BackupPlan')).toMatchObject([
    {
      BackupPlan: { BackupPlanRule: [{ Lifecycle: { DeleteAfterDays: 30 }, ScheduleExpression: 'cron(0 3 * * ? *)' }] },
    },
  ]);
  expect(resources(template, 'AWS::Backup::BackupSelection')).toHaveLength(1);
});

test('people reach it by SSM, and no key pair is there', () => {
  expect(instance).not.toHaveProperty('KeyName');
  const policies = JSON.stringify(resources(template, 'AWS::IAM::Policy'));
  expect(policies).toContain('ssmmessages:OpenDataChannel');
});
