import { expect, test } from 'vitest';
import { judgeHealth } from '../../../worker/judge-health.js';

const now = Date.parse('2026-03-01T12:00:00Z');
const at = (secondsAgo: number) => new Date(now - secondsAgo * 1000).toISOString();
const idle = { state: 'RUNNING', inFlight: 0, notPolled: [] };

test.each([
  { when: 'it runs and polls', note: { ...idle, at: at(10) }, problem: undefined },
  {
    when: 'all its slots are taken',
    note: { ...idle, at: at(10), inFlight: 3, notPolled: ['activity'] },
    problem: undefined,
  },
  { when: 'the server did not answer', note: { at: at(10), state: 'RUNNING', inFlight: 0 }, problem: undefined },
  { when: 'there is no note', note: undefined, problem: 'no note of a worker yet' },
  {
    when: 'its main thread hangs',
    note: { ...idle, at: at(61) },
    problem: "the worker's last note is 61 s old: its main thread hangs",
  },
  {
    when: 'the note is no note',
    note: { ...idle, at: 'x' },
    problem: "the worker's last note is NaN s old: its main thread hangs",
  },
  { when: 'it has failed', note: { ...idle, at: at(1), state: 'FAILED' }, problem: 'the worker is FAILED' },
  {
    when: 'it is idle and asks for nothing',
    note: { ...idle, at: at(1), notPolled: ['workflow', 'activity'] },
    problem: 'the worker asks for no workflow, activity tasks',
  },
])('a worker of which $when: $problem', ({ note, problem }) => {
  expect(judgeHealth(note, now)).toBe(problem);
});
