import { execFileSync, spawnSync } from 'node:child_process';
import { beforeAll, describe, expect, test } from 'vitest';
import { dockerRunner } from '../../../tasks/docker-runner.js';
import { ownName } from '../../../tasks/own-name.js';
import type { TaskRunner } from '../../../tasks/runner.js';
import { makeImage, hasDocker } from '../../support/docker-image.js';
import { follow, runnerContract, type Stage } from './runner-contract.js';

const image = 'waterclock-task-program:1';
const docker = (...args: string[]) => execFileSync('docker', args, { encoding: 'utf8' });
// oxlint-disable-next-line node/no-process-env
const environment = process.env;

describe.skipIf(!hasDocker())('containers of Docker (skipped where no Docker engine answers)', () => {
  const seen = new Set<string>();
  let results = 0;

  /** results are read from the container: it takes the place of the bucket */
  const read = async ({ key }: { key: string }) => {
    for (const name of docker('ps', '--all', '--filter', 'label=waterclock.run', '--format', '{{.Names}}').split(
      '\n',
    )) {
      const { status, stdout } = spawnSync('docker', ['cp', `${name}:/tmp/${key}`, '-'], { encoding: 'utf8' });
      // the one file of a tar: a header of 512 bytes, then blocks
      if (status === 0) return stdout.slice(512).replace(/\0.*$/s, '');
    }
    return undefined;
  };
  const runner = dockerRunner({ settings: { network: 'host' }, environment, read, lookEvery: 50 });
  const counting: TaskRunner = {
    ...runner,
    async start(order) {
      const handle = await runner.start(order);
      seen.add(docker('inspect', '--format', '{{.Id}}', handle));
      return handle;
    },
  };
  const container = { image, family: 'shop-extract', cpu: 256, memory: 512 };
  const stage: Stage = {
    runner: counting,
    command: (...does) => ({
      id: `docker-${process.pid}-${++results}`,
      command: ['node', 'task-program.mjs', ...does],
      container,
      resultAt: { bucket: 'raw', key: `result-${results}` },
    }),
    started: () => seen.size,
  };

  beforeAll(() => makeImage(image), 60_000);

  runnerContract('a container of Docker', () => stage);

  test('a task that needs more memory fails at once, and its message names what it had', async () => {
    const grow = 'const all = []; setInterval(() => all.push(Buffer.alloc(8e6, 1)), 5)';
    const order = { command: ['node', '-e', grow], container: { ...container, memory: 120 } };
    expect((await follow(stage, [], { order })).error).toMatchObject({
      name: 'TaskFailed',
      message: 'the program took more memory than its 120 MiB: raise `memory` of the task',
    });
  });

  test('a program that its image does not have fails at once', async () => {
    const { error } = await follow(stage, [], { order: { command: ['no-such-program'] } });
    expect(error).toMatchObject({ name: 'TaskMissing', message: expect.stringContaining('"no-such-program"') });
  });

  test('an image that cannot be named fails at once', async () => {
    const order = { container: { ...container, image: 'Not An Image' } };
    expect((await follow(stage, ['exit=0'], { order })).error).toMatchObject({
      name: 'TaskRefused',
      message: expect.stringContaining('invalid reference format'),
    });
  });

  test('an engine that is away is waited for', async () => {
    const away = dockerRunner({
      settings: { network: 'host' },
      environment: { ...environment, DOCKER_HOST: 'unix:///nowhere.sock' },
      read,
    });
    expect((await follow({ ...stage, runner: away }, ['exit=0'])).error).toMatchObject({
      name: 'TransientError',
      message: expect.stringContaining('/nowhere.sock'),
    });
  });

  test('a container that its worker did not come to start is started by the next', async () => {
    const order = { ...stage.command('out=here'), id: `docker-${process.pid}-made` };
    docker('create', '--name', ownName(order), '--network', 'host', image, ...order.command);
    const { lines, error } = await follow(stage, [], { order });
    expect([lines, error]).toEqual([['here'], undefined]);
  });

  test('values are no arguments, and containers go once they have ended', async () => {
    const order = { ...stage.command('variables'), environment: { TOKEN: 'two\nlines', PATH: '/bin' } };
    const { result } = await follow(stage, [], { order });
    expect(JSON.parse(result ?? '{}')).toMatchObject({ TOKEN: 'two\nlines', PATH: '/bin' });
    expect(docker('ps', '--all', '--quiet', '--filter', `name=${ownName({ ...order, id: order.id ?? '' })}`)).toBe('');
  });
});
