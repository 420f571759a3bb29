import { describe, expect, test } from 'vitest';
import { serviceMetrics } from '../../model/service-metrics.js';
import { environment, names, resources, stackOf } from './templates.js';

const alarms = (name: (typeof names)[number]) =>
  Object.fromEntries(
    resources(stackOf(name, 'observability'), 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => [
      String(Properties?.AlarmName).replace(`waterclock-${name}-`, ''),
      Properties ?? {},
    ]),
  );

describe.each(names)('%s', (name) => {
  test.each([
    'Failed',
    'Late',
    'Gap',
    'Rejected',
    'WatchSilent',
    'WorkerDown-waterclock',
    'Backlog-waterclock',
    'WarehouseQueued',
    'WarehouseFailed',
    'UsageLimitNear',
    'SnapshotFailed',
    ...(name === 'prod'
      ? ['TemporalDatabaseFull', 'TemporalDatabaseUnused', 'TemporalFrontendDown', 'TemporalWebUiDown']
      : []),
  ])('%s tells the topic when it begins and when it ends, and says what to do', (alarm) => {
    const properties = alarms(name)[alarm];
    expect(properties?.AlarmActions).toHaveLength(1);
    expect(properties?.OKActions).toEqual(properties?.AlarmActions);
    expect(String(properties?.AlarmDescription).length).toBeGreaterThan(20);
  });

  test('the watch may be silent for 15 minutes, and silence of the metric counts', () => {
    expect(alarms(name).WatchSilent).toMatchObject({
      MetricName: serviceMetrics.watched,
      Period: 900,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    });
  });

  test('the alarm of the usage limit counts down to a fifth of it, and names the limit that the deployment makes', () => {
    const { Threshold, ComparisonOperator, Metrics, TreatMissingData } = alarms(name).UsageLimitNear ?? {};
    expect({ Threshold, ComparisonOperator, TreatMissingData }).toEqual({
      Threshold: name === 'dev' ? 3 : 77,
      ComparisonOperator: 'LessThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
    });
    expect(JSON.stringify(Metrics)).toMatch(/UsageLimitId = '.*Fn::ImportValue.*UsageLimit/);
  });

  test('failed snapshots are counted in the group that has the schedule of the snapshots alone', () => {
    const [[, schedule] = []] = resources(stackOf(name, 'warehouse'), 'AWS::Scheduler::Schedule');
    const [[id, group] = []] = resources(stackOf(name, 'warehouse'), 'AWS::Scheduler::ScheduleGroup');
    expect(schedule?.Properties.GroupName).toEqual({ Ref: id });
    expect(alarms(name).SnapshotFailed).toMatchObject({
      Namespace: 'AWS/Scheduler',
      Dimensions: [{ Name: 'ScheduleGroup', Value: group?.Properties.Name }],
    });
  });

  test('no metric at all is a worker that is down', () => {
    expect(alarms(name)['WorkerDown-waterclock']).toMatchObject({
      MetricName: serviceMetrics.workers,
      Dimensions: [{ Name: 'TaskQueue', Value: 'waterclock' }],
      TreatMissingData: 'breaching',
    });
  });

  test('every metric of the service that is watched is one that is published', () => {
    const own = Object.values(alarms(name)).filter(({ Namespace }) => Namespace === `Waterclock/${name}`);
    const published: unknown[] = Object.values(serviceMetrics);
    expect(own.length).toBeGreaterThan(6);
    expect(own.filter(({ MetricName }) => !published.includes(MetricName))).toEqual([]);
  });

  test('the topic is encrypted and takes messages over TLS only', () => {
    const [[, topic] = []] = resources(stackOf(name, 'observability'), 'AWS::SNS::Topic');
    expect(topic?.Properties?.KmsMasterKeyId).toBeDefined();
    expect(JSON.stringify(stackOf(name, 'observability'))).toContain('"aws:SecureTransport":"false"');
  });

  test('a dashboard shows the alarms', () => {
    expect(resources(stackOf(name, 'observability'), 'AWS::CloudWatch::Dashboard')).toHaveLength(1);
  });

  test('no log is kept for ever', () => {
    const groups = Object.values(environment(name).stacks).flatMap((template) =>
      resources(template, 'AWS::Logs::LogGroup'),
    );
    expect(groups.filter(([, { Properties }]) => !Properties?.RetentionInDays).map(([id]) => id)).toEqual([]);
  });
});

test('somebody is told in prod', () => {
  const [[, subscription] = []] = resources(stackOf('prod', 'observability'), 'AWS::SNS::Subscription');
  expect(subscription?.Properties).toMatchObject({ Protocol: 'email', Endpoint: 'on-call@example.com' });
});
