import { expect, test } from 'vitest';
import type { QueueHealth } from '../../../worker/health-file.js';
import { judgeHealth } from '../../../worker/judge-health.js';

const now = Date.parse('2026-03-01T12:00:00Z');
const at = (secondsAgo: number) => new Date(now - secondsAgo * 1000).toISOString();
const idle = { queue: 'waterclock', state: 'RUNNING', inFlight: 0, notPolled: [] as string[] };
const note = (...queues: Partial<QueueHealth>[]) => ({
  at: at(10),
  queues: queues.map((queue) => ({ ...idle, ...queue })),
});

test.each([
  { when: 'it runs and polls', note: note({}, { queue: 'waterclock-ingest' }), problem: undefined },
  { when: 'all its slots are taken', note: note({ inFlight: 3, notPolled: ['activity'] }), problem: undefined },
  {
    when: 'the server did not answer',
    note: { at: at(10), queues: [{ queue: 'waterclock', state: 'RUNNING', inFlight: 0 }] },
    problem: undefined,
  },
  { when: 'there is no note', note: undefined, problem: 'no note of a worker yet' },
  {
    when: 'its main thread hangs',
    note: { ...note({}), at: at(61) },
    problem: "the worker's last note is 61 s old: its main thread hangs",
  },
  {
    when: 'the note is no note',
    note: { ...note({}), at: 'x' },
    problem: "the worker's last note is NaN s old: its main thread hangs",
  },
  {
    when: 'one of its queues has failed',
    note: note({}, { queue: 'waterclock-ingest', state: 'FAILED' }),
    problem: 'the worker of task queue waterclock-ingest is FAILED',
  },
  {
    when: 'it is idle and asks for nothing',
    note: note({ notPolled: ['workflow', 'activity'] }),
    problem: 'the worker asks task queue waterclock for no workflow, activity tasks',
  },
  {
    when: 'one queue has work and another is left alone',
    note: note({ inFlight: 3 }, { queue: 'waterclock-warehouse', notPolled: ['activity'] }),
    problem: 'the worker asks task queue waterclock-warehouse for no activity tasks',
  },
])('a worker of which $when: $problem', ({ note, problem }) => {
  expect(judgeHealth(note, now)).toBe(problem);
});
