import { setTimeout } from 'node:timers/promises';
import { isFree } from '../free-port.js';
import type { Service } from './service.js';
import { StackFailure } from './stack-failure.js';

/** ms that what has just ended may still have its port */
const lingers = 1_000;

/** another program has the port of a service */
export class PortTaken extends StackFailure {
  override name = 'PortTaken';

  constructor(
    service: string,
    readonly port: number,
  ) {
    super(`port ${port}, chosen for ${service}, was taken by another program before ${service} had it`);
  }
}

/** of the ports of a service that is not running, the one that another program has */
export async function takenPort({ port, morePorts = [] }: Service): Promise<number | undefined> {
  for (const one of port === undefined ? morePorts : [port, ...morePorts]) {
    if (await staysTaken(one)) return one;
  }
  return undefined;
}

async function staysTaken(port: number): Promise<boolean> {
  for (const until = Date.now() + lingers; ;) {
    if (await isFree(port)) return false;
    if (Date.now() > until) return true;
    await setTimeout(50);
  }
}
