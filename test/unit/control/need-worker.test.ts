import { expect, test } from 'vitest';
import type { Context } from '../../../control/context.js';
import { needWorker } from '../../../control/need-worker.js';

/** a server that names a worker after so many questions, and what the command says */
function server(after: number) {
  const said: string[] = [];
  let asked = 0;
  const describeTaskQueue = async () => ({
    pollers: ++asked > after ? [{ identity: 'w', lastAccessTime: { seconds: Date.now() / 1000 } }] : [],
  });
  const connection = {
    withDeadline: (_: number, work: () => unknown) => work(),
    workflowService: { describeTaskQueue },
  };
  const context = {
    temporal: async () => ({ connection, namespace: 'n' }),
    settings: () => ({ taskQueue: 'q' }),
    terminal: { say: (text: string) => void said.push(text) },
  } as unknown as Context;
  return { context, said, asked: () => asked };
}

test('a worker that has just started is waited for, where the end is', async () => {
  const { context, said, asked } = server(2);
  await needWorker(context, 'r', true);
  expect(asked()).toBe(3);
  expect(said).toEqual([]);
});

test('without one a command that waits starts nothing', async () => {
  await expect(needWorker(server(Infinity).context, 'r', true)).rejects.toThrow(
    'r was not started, no worker polls the task queue q',
  );
});

test('any other command asks once, and says when it begins', async () => {
  const { context, said, asked } = server(Infinity);
  await needWorker(context, 'r', false);
  expect(asked()).toBe(1);
  expect(said).toEqual(['no worker polls the task queue q: r begins when one does']);
});
