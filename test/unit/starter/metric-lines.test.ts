import { expect, test } from 'vitest';
import { metricLines } from '../../../control/metrics/metric-lines.js';

const at = new Date('2026-01-01T00:00:00Z');

test('a queue is a line with its dimension, the service a line without', () => {
  const lines = metricLines(
    'Waterclock/dev',
    [
      { metric: 'Backlog', value: 3, queue: 'waterclock' },
      { metric: 'Workers', value: 2, queue: 'waterclock' },
      { metric: 'RunsFailed', value: 1, queue: null },
    ],
    at,
  );
  const [queue, service] = lines.map((line) => JSON.parse(line) as unknown);
  const metrics = (...names: string[]) => names.map((Name) => ({ Name, Unit: 'Count' }));
  expect(queue).toEqual({
    _aws: {
      Timestamp: at.getTime(),
      CloudWatchMetrics: [
        { Namespace: 'Waterclock/dev', Dimensions: [['TaskQueue']], Metrics: metrics('Backlog', 'Workers') },
      ],
    },
    TaskQueue: 'waterclock',
    Backlog: 3,
    Workers: 2,
  });
  expect(service).toEqual({
    _aws: {
      Timestamp: at.getTime(),
      CloudWatchMetrics: [{ Namespace: 'Waterclock/dev', Dimensions: [[]], Metrics: metrics('RunsFailed') }],
    },
    RunsFailed: 1,
  });
});

test('every line is one line, whatever a queue is called', () => {
  expect(metricLines('W', [{ metric: 'Backlog', value: 0, queue: 'a\nb' }], at)).toEqual([
    expect.not.stringContaining('\n'),
  ]);
});
