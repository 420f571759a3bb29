import { expect, test } from 'vitest';
import { runTogether } from '../../../worker/run-together.js';

/** runs until it is told to end, or fails when it is told to */
function fakeWorker() {
  let end: () => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;
  let state: 'RUNNING' | 'STOPPED' | 'FAILED' = 'RUNNING';
  const running = new Promise<void>((resolve, reject) => {
    end = () => {
      state = 'STOPPED';
      resolve();
    };
    fail = (error) => {
      state = 'FAILED';
      reject(error);
    };
  });
  return { run: () => running, shutdown: () => end(), getState: () => state, fail: (error: Error) => fail(error) };
}

test('a worker that fails ends the others, and its error is told', async () => {
  const [one, other] = [fakeWorker(), fakeWorker()];
  const together = runTogether([one, other]);
  one.fail(new Error('the namespace is gone'));
  await expect(together).rejects.toThrow('the namespace is gone');
  expect(other.getState()).toBe('STOPPED');
});

test('it ends when every worker has ended', async () => {
  const workers = [fakeWorker(), fakeWorker()];
  const together = runTogether(workers);
  for (const worker of workers) worker.shutdown();
  await expect(together).resolves.toBeUndefined();
});
