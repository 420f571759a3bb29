import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { followTask } from '../../../tasks/follow.js';
import type { TaskOrder, TaskRunner } from '../../../tasks/runner.js';

/** objects of a bucket, whose place a folder takes */
export const readFrom =
  (folder: string) =>
  async ({ key }: { key: string }): Promise<string | undefined> => {
    try {
      return readFileSync(join(folder, key), 'utf8');
    } catch {
      return undefined;
    }
  };

export interface Stage {
  runner: TaskRunner;
  /** what runs test/support/task-program.mjs with these arguments */
  command(...does: string[]): Partial<TaskOrder> & Pick<TaskOrder, 'command'>;
  /** tasks that were ever started */
  started(): number;
}

let count = 0;

/** how a task of the stage goes, as a step follows it */
export async function follow(
  { runner, command }: Stage,
  does: string[],
  {
    order = {},
    signal = new AbortController().signal,
    deadline = Infinity,
    /** of a task that another worker followed before */
    from = undefined as string | undefined,
    onLine = undefined as ((text: string) => void) | undefined,
  } = {},
) {
  const lines: string[] = [];
  const full: TaskOrder = {
    id: `run-extract-${++count}`,
    name: 'the program',
    environment: {},
    grace: 500,
    keepsStdout: false,
    ...command(...does),
    ...order,
  };
  let handle = '';
  const ended = await followTask(runner, full, {
    signal,
    deadline,
    from,
    isLeft: () => false,
    onStart: async (started) => void (handle = started),
    async onLines(more) {
      for (const { text } of more) {
        lines.push(text);
        onLine?.(text);
      }
    },
    onFault: () => Promise.resolve(),
    sign: () => undefined,
  }).then(
    () => undefined,
    (error: unknown) => error as Error,
  );
  const result = handle && !ended ? await runner.result(full, handle, 1_000) : undefined;
  if (handle) await runner.forget(handle);
  return { lines, error: ended, result };
}

/** what every runner does alike; `hasGrace`: one that a task can shorten */
export function runnerContract(name: string, stage: () => Stage, { hasGrace = true } = {}): void {
  test(`${name}: a task that ends with 0 is done, its lines in order and its result read`, async () => {
    const { lines, error, result } = await follow(stage(), [
      'out=one',
      'out=two',
      'err=three',
      'result={"counts":{"a":1}}',
    ]);
    expect(error).toBeUndefined();
    expect(lines.toSorted()).toEqual(['one', 'three', 'two']);
    expect(lines.indexOf('one')).toBeLessThan(lines.indexOf('two'));
    expect(result).toBe('{"counts":{"a":1}}');
  });

  test(`${name}: lines come while the task runs`, async () => {
    const stop = new AbortController();
    const onLine = (text: string) => void (text === 'begins' && stop.abort(new Error('cancelled')));
    const { error } = await follow(stage(), ['polite', 'out=begins', 'sleep=60000'], { signal: stop.signal, onLine });
    expect(error?.message).toBe('cancelled');
  });

  test(`${name}: exit code 75 is tried again, any other fails at once, with the last line`, async () => {
    const again = await follow(stage(), ['err=the API is away', 'exit=75']);
    expect(again.error).toMatchObject({
      name: 'TransientError',
      message: expect.stringMatching(/the program .*exit code 75\): the API is away/),
    });
    const failed = await follow(stage(), ['err=no such column', 'exit=3']);
    expect(failed.error).toMatchObject({
      name: 'TaskFailed',
      message: expect.stringMatching(/the program .*exit code 3: no such column/),
    });
  });

  test(`${name}: a task that is stopped hears SIGTERM, and has ended when its step has`, async () => {
    const stop = new AbortController();
    const onLine = (text: string) => void (text === 'begins' && stop.abort(new Error('cancelled')));
    const { lines, error } = await follow(stage(), ['polite', 'out=begins', 'sleep=60000'], {
      signal: stop.signal,
      onLine,
    });
    expect([error?.message, lines]).toEqual(['cancelled', ['begins', 'cleans up']]);
  });

  if (hasGrace)
    test(`${name}: a task that does not hear SIGTERM is killed after its grace`, async () => {
      const stop = new AbortController();
      const onLine = (text: string) => void (text === 'begins' && stop.abort(new Error('cancelled')));
      const began = Date.now();
      const { lines, error } = await follow(stage(), ['deaf', 'out=begins', 'sleep=60000'], {
        signal: stop.signal,
        onLine,
      });
      expect([error?.message, lines]).toEqual(['cancelled', ['begins', 'does not hear']]);
      expect(Date.now() - began).toBeLessThan(15_000);
    });

  test(`${name}: a task that takes too long is stopped, and its step says so`, async () => {
    const { error } = await follow(stage(), ['polite', 'out=begins', 'sleep=60000'], { deadline: Date.now() + 500 });
    expect(error).toMatchObject({ name: 'TookTooLong', message: expect.stringContaining('the program was stopped') });
  });

  test(`${name}: a task that is asked for twice is started once`, async () => {
    const { runner, command, started } = stage();
    const before = started();
    const order = {
      id: 'asked-twice',
      name: 'the program',
      environment: {},
      grace: 500,
      keepsStdout: false,
      ...command('sleep=300'),
    };
    const handles = [await runner.start(order), await runner.start(order)];
    expect(new Set(handles).size).toBe(1);
    for (;;) if ((await runner.look(handles[0] ?? '', 1_000)).state === 'ended') break;
    expect(started() - before).toBe(1);
    await runner.forget(handles[0] ?? '');
  });

  test(`${name}: a line without an end is cut, and much output is bounded`, async () => {
    const { lines, error } = await follow(stage(), ['long=100000', 'out=after']);
    expect(error).toBeUndefined();
    expect(lines.at(-1)).toBe('after');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(100_000);
  });
}
