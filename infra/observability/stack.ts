import { Aws } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { makeStack, output } from '../make-stack.js';
import { metricNamespace } from '../service-metric.js';
import type { EnvironmentSettings } from '../settings.js';
import type { TemporalAccess } from '../temporal/access.js';
import type { Warehouse } from '../warehouse/warehouse.js';
import type { Alerts } from './alerts.js';
import { alarmTable, makeAlarms } from './alarms.js';
import { makeDashboard } from './dashboard.js';

/** alarms on what the service does for its users, a topic that tells of them, a dashboard */
export function observabilityStack(
  scope: Construct,
  settings: EnvironmentSettings,
  { warehouse, temporal }: { warehouse: Warehouse; temporal: TemporalAccess },
): Alerts {
  const stack = makeStack(scope, settings, 'observability', 'alarms, their topic, a dashboard');
  const key = new Key(stack, 'Key', { description: 'messages of alarms and alerts', enableKeyRotation: true });
  key.addToResourcePolicy(
    new PolicyStatement({
      sid: 'Alarms',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: ['*'],
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }),
  );
  const topic = new Topic(stack, 'Topic', { masterKey: key, enforceSSL: true });
  if (settings.alarms.email) topic.addSubscription(new EmailSubscription(settings.alarms.email));
  const namespace = metricNamespace(settings);
  const workgroup = `waterclock-${settings.name}`;
  const rows = { ...alarmTable(settings, namespace, workgroup, warehouse.usageLimitId), ...temporal.alarms };
  const alarms = makeAlarms(stack, settings.name, rows, topic);
  const dashboard = makeDashboard(stack, settings.name, namespace, workgroup, alarms);
  output(stack, 'AlarmTopic', topic.topicArn, 'topic of the alarms and alerts');
  output(stack, 'Dashboard', dashboard.dashboardName, 'dashboard');
  const emailFrom = settings.alerts.email?.from;
  return { topicArn: topic.topicArn, keyArn: key.keyArn, ...(emailFrom && { emailFrom }) };
}
