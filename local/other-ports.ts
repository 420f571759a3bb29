import { portNames, type Ports } from './ports.js';
import { PortTaken } from './supervisor/port-taken.js';

/** a foreign program that takes port after port is not met by chance */
const mostTries = 5;

interface Choice {
  /** of a stack whose services ended: the rest may stay */
  chooseAgain?(ports: Partial<Ports>): Promise<Ports>;
  onLine(line: string): void;
}

/**
 * starts on these ports. A program that asks nobody can take one between the choice and the bind: then once more, with
 * another port for the service that found its own taken
 */
export async function onFreePorts<T>(
  ports: Ports,
  { chooseAgain, onLine }: Choice,
  start: (ports: Ports) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await start(ports);
    } catch (error) {
      if (!(error instanceof PortTaken) || !chooseAgain || tries === mostTries) throw error;
      const { port, message } = error;
      const kept = Object.fromEntries(portNames.flatMap((name) => (ports[name] === port ? [] : [[name, ports[name]]])));
      onLine(`${message}: another is chosen`);
      ports = await chooseAgain(kept);
    }
  }
}
