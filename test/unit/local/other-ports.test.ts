import { expect, test } from 'vitest';
import { onFreePorts } from '../../../local/other-ports.js';
import { usualPorts, type Ports } from '../../../local/ports.js';
import { PortTaken } from '../../../local/supervisor/port-taken.js';
import { StackFailure } from '../../../local/supervisor/stack-failure.js';

const lines: string[] = [];
const onLine = (line: string) => lines.push(line);
const chooseAgain = async (kept: Partial<Ports>): Promise<Ports> => ({ ...usualPorts, s3: 9010, ...kept });

test('a port that is lost is chosen again, the others stay, and a line says so', async () => {
  const tried: Ports[] = [];
  const stack = await onFreePorts(usualPorts, { chooseAgain, onLine }, async (ports) => {
    tried.push(ports);
    if (ports.s3 === 9000) throw new PortTaken('s3', 9000);
    return 'up';
  });
  expect(stack).toBe('up');
  expect(tried).toEqual([usualPorts, { ...usualPorts, s3: 9010 }]);
  expect(lines).toEqual(['port 9000, chosen for s3, was taken by another program before s3 had it: another is chosen']);
});

test.each([
  ['any other failure', { chooseAgain, onLine }, new StackFailure('postgres was not ready')],
  ['a port that nothing may be chosen for', { onLine }, new PortTaken('s3', 9000)],
])('%s stops it at once', async (_, choice, failure) => {
  let tries = 0;
  const start = () => {
    tries++;
    return Promise.reject(failure);
  };
  await expect(onFreePorts(usualPorts, choice, start)).rejects.toBe(failure);
  expect(tries).toBe(1);
});

test('a program that takes every port that is chosen stops it after five tries', async () => {
  let tries = 0;
  const start = ({ s3 }: Ports) => {
    tries++;
    return Promise.reject(new PortTaken('s3', s3));
  };
  await expect(onFreePorts(usualPorts, { chooseAgain, onLine }, start)).rejects.toBeInstanceOf(PortTaken);
  expect(tries).toBe(5);
});
