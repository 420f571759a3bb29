import { createServer, type Server } from 'node:net';

export const usualPorts = {
  temporal: 7233,
  ui: 8233,
  s3: 9000,
  'upstream-s3': 9001,
  postgres: 5433,
  'redshift-data': 8334,
  upstream: 8335,
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
export async function choosePorts(asked: Partial<Ports>): Promise<PortChoice> {
  const ports = { ...usualPorts };
  const moved: string[] = [];
  const used = new Set<number>();
  for (const name of portNames) {
    const wanted = asked[name];
    if (wanted !== undefined && (used.has(wanted) || !(await isFree(wanted)))) {
      throw new Error(
        `port ${wanted}, asked for ${name}, is taken: stop what listens there or give another with --port-${name}`,
      );
    }
    const port = wanted ?? (await nextFree(usualPorts[name], used));
    if (wanted === undefined && port !== usualPorts[name]) moved.push(`${usualPorts[name]} taken: now ${port}`);
    ports[name] = port;
    used.add(port);
  }
  return { ports, moved };
}

async function nextFree(usual: number, used: Set<number>): Promise<number> {
  let port = usual;
  while (used.has(port) || !(await isFree(port))) port += 10;
  return port;
}

/** any free ports, all held until each is known so that none is given twice */
export async function freePorts(): Promise<Ports> {
  const held = await Promise.all(portNames.map(async (name) => ({ name, server: await listen(0) })));
  const ports = { ...usualPorts };
  for (const { name, server } of held) {
    const address = server.address();
    if (address && typeof address === 'object') ports[name] = address.port;
    await close(server);
  }
  return ports;
}

async function isFree(port: number): Promise<boolean> {
  try {
    await close(await listen(port));
    return true;
  } catch {
    return false;
  }
}

function listen(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

const close = (server: Server) => new Promise<void>((resolve) => void server.close(() => resolve()));
