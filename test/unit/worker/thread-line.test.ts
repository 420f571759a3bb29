import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { threadLine } from '../../../worker/thread-line.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const line = () => threadLine({ every: 3_000, most: 150_000 });

test('a task that waits for a thread gives signs while other tasks move, however long it waits', () => {
  const { enter, moved } = line();
  const sign = vi.fn();
  enter(sign);
  for (let minute = 0; minute < 60; minute++) {
    vi.advanceTimersByTime(60_000);
    moved();
  }
  expect(sign).toHaveBeenCalledTimes(1_200);
});

test('once every thread hangs, the tasks that wait fall silent too', () => {
  const { enter } = line();
  const sign = vi.fn();
  enter(sign);
  vi.advanceTimersByTime(600_000);
  expect(sign).toHaveBeenCalledTimes(49);
});

test('a task that has its thread is watched by itself', () => {
  const { enter, leave } = line();
  const [first, second] = [vi.fn(), vi.fn()];
  enter(first);
  enter(second);
  leave(first);
  vi.advanceTimersByTime(6_000);
  expect(first).not.toHaveBeenCalled();
  expect(second).toHaveBeenCalledTimes(2);
  leave(second);
  expect(vi.getTimerCount()).toBe(0);
});

test('time without tasks counts for none', () => {
  const { enter, leave } = line();
  const sign = vi.fn();
  enter(sign);
  leave(sign);
  vi.advanceTimersByTime(600_000);
  enter(sign);
  vi.advanceTimersByTime(3_000);
  expect(sign).toHaveBeenCalledTimes(1);
});
