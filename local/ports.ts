import { randomInt } from 'node:crypto';
import { isFree } from './free-port.js';
import { claimPorts, type HolderOf } from './port-claims.js';

export const usualPorts = {
  temporal: 7233,
  ui: 8233,
  s3: 9000,
  'upstream-s3': 9001,
  postgres: 5433,
  'redshift-data': 8334,
  redshift: 5439,
  upstream: 8335,
  ecs: 8336,
};

export type PortName = keyof typeof usualPorts;
export type Ports = Record<PortName, number>;

export const portNames = Object.keys(usualPorts) as PortName[];

export const portVariable = (name: PortName) => `WATERCLOCK_PORT_${name.toUpperCase().replace('-', '_')}`;

export interface PortChoice {
  ports: Ports;
  /** `7233 taken: now 7243` */
  moved: string[];
}

/** the usual port, or the next free one ten further; one that was asked for must be free */
export function choosePorts(asked: Partial<Ports>): Promise<PortChoice> {
  return claimPorts(
    (holderOf) => choose(asked, holderOf),
    ({ ports }) => Object.values(ports),
  );
}

async function choose(asked: Partial<Ports>, holderOf: HolderOf): Promise<PortChoice> {
  const ports = { ...usualPorts };
  const moved: string[] = [];
  const used = new Set<number>();
  const isTaken = async (port: number, isAsked: boolean) => {
    const holder = holderOf(port);
    return used.has(port) || holder === 'other' || (holder === 'own' && !isAsked) || !(await isFree(port));
  };
  async function nextFree(usual: number): Promise<number> {
    let port = usual;
    while (await isTaken(port, false)) port += 10;
    return port;
  }
  for (const name of portNames) {
    const wanted = asked[name];
    if (wanted !== undefined && (await isTaken(wanted, true))) {
      throw new Error(
        `port ${wanted}, asked for ${name}, is taken: stop what listens there or give another with --port-${name}`,
      );
    }
    const port = wanted ?? (await nextFree(usualPorts[name]));
    if (wanted === undefined && port !== usualPorts[name]) moved.push(`${usualPorts[name]} taken: now ${port}`);
    ports[name] = port;
    used.add(port);
  }
  return { ports, moved };
}

/** below those that systems give to outgoing connections, which would take one before its service binds it */
const free = { from: 20_000, to: 32_000 };

/** any free ports for those that are not given */
export async function freePorts(given: Partial<Ports> = {}): Promise<Ports> {
  const names = portNames.filter((name) => given[name] === undefined);
  const found = await someFree(names.length);
  return { ...given, ...Object.fromEntries(names.map((name, at) => [name, found[at]])) } as Ports;
}

export async function freePort(): Promise<number> {
  const [port = 0] = await someFree(1);
  return port;
}

function someFree(count: number): Promise<number[]> {
  return claimPorts(
    async (holderOf) => {
      const found = new Set<number>();
      while (found.size < count) {
        const port = randomInt(free.from, free.to);
        if (!found.has(port) && !holderOf(port) && (await isFree(port))) found.add(port);
      }
      return [...found];
    },
    (found) => found,
  );
}
