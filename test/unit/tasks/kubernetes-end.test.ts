import { expect, test } from 'vitest';
import { hopeless, jobEnd } from '../../../tasks/kubernetes/end.js';
import type { ContainerState, Job, Pod } from '../../../tasks/kubernetes/objects.js';

const created = Date.parse('2026-11-24T10:00:00Z');
const job: Job = { metadata: { name: 'etl-1', creationTimestamp: '2026-11-24T10:00:00Z' } };
const minutes = (count: number) => created + count * 60_000;
const pod = (status: Pod['status'], state?: ContainerState): Pod => ({
  metadata: { name: 'etl-1-x' },
  status: { ...status, ...(state && { containerStatuses: [{ name: 'main', state }] }) },
});

const full = '0/3 nodes are available: 3 Insufficient memory. preemption: 0/3 nodes are available.';
const unschedulable = pod({
  conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: full }],
});
const quota = { reason: 'FailedCreate', message: 'Error creating: pods "etl-1-x" is forbidden: exceeded quota: tasks' };

test.each([
  ['a pod that no node has room for', unschedulable, [], full],
  ['a quota that is full', undefined, [quota], 'exceeded quota: tasks'],
])('%s is waited for, then tried again', (_, pod, events, says) => {
  expect(hopeless(job, pod, events, minutes(9))).toBeUndefined();
  expect(hopeless(job, pod, events, minutes(11))).toMatchObject({
    fault: expect.stringMatching(/^found no capacity for ten minutes: /),
    passes: true,
  });
  expect(JSON.stringify(hopeless(job, pod, events, minutes(11)))).toContain(says);
});

test('while an image is backed off from, its event says why', () => {
  const waiting = pod({}, { waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image "etl:2"' } });
  const missing = { reason: 'Failed', message: 'Failed to pull image "etl:2": failed to resolve: etl:2: not found' };
  const away = { reason: 'Failed', message: 'Failed to pull image "etl:2": dial tcp: i/o timeout' };
  expect(hopeless(job, waiting, [missing], created)).toMatchObject({ passes: false, type: 'TaskRefused' });
  expect(hopeless(job, waiting, [away], created)).toMatchObject({
    fault: `did not start, its image could not be pulled: ${away.message}`,
    passes: true,
  });
});

test('what a kubelet still prepares is waited for', () => {
  for (const reason of ['ContainerCreating', 'PodInitializing'])
    expect(hopeless(job, pod({}, { waiting: { reason } }), [], minutes(60))).toBeUndefined();
});

const failed: Job = {
  ...job,
  status: { conditions: [{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded' }] },
};

test.each<[string, Pod | undefined, boolean, string]>([
  ['its pod is gone', undefined, true, 'lost its pod: BackoffLimitExceeded'],
  [
    'its node was drained',
    pod(
      {
        phase: 'Failed',
        conditions: [{ type: 'DisruptionTarget', status: 'True', message: 'Eviction API: evicting' }],
      },
      { terminated: { exitCode: 143, reason: 'Error' } },
    ),
    true,
    'lost its node: Eviction API: evicting',
  ],
  ['nobody heard of its end', pod({ phase: 'Failed', reason: 'NodeLost' }), true, 'lost its node: NodeLost'],
  ['its node had no room', pod({ phase: 'Failed', reason: 'OutOfcpu' }), true, 'found no capacity on its node'],
  [
    'its disk is full',
    pod({ phase: 'Failed', reason: 'Evicted', message: 'Usage of EmptyDir volume "tmp" exceeds the limit "10Gi".' }),
    false,
    'wrote more to its disk than it may',
  ],
  ['it was killed', pod({}, { terminated: { exitCode: 137, reason: 'Error' } }), true, 'was killed by SIGKILL'],
])('a Job that failed since %s', (_, pod, passes, fault) => {
  expect(jobEnd(failed, pod, '512 MiB')).toMatchObject({ passes, fault: expect.stringContaining(fault) });
});

test('a Job has not ended while its pods still do', () => {
  const ending: Job = { ...job, status: { conditions: [{ type: 'FailureTarget', status: 'True' }] } };
  expect(jobEnd(ending, pod({}, { running: {} }), '')).toBeUndefined();
});
