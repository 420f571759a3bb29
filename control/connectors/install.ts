import { join } from 'node:path';
import type { Pipeline } from '../../define/pipeline.js';
import { connectorsHome, packageFolder, packageOf } from '../../sources/connectors/home.js';
import type { Context } from '../context.js';
import type { Environment } from '../environment.js';
import { installPackage, type Installed } from './install-package.js';
import { interruptible } from './interruptible.js';
import { connectorOf } from './list-connectors.js';

interface InstallAll {
  environment: Environment;
  dryRun: boolean;
}

export type InstallOutcome = Omit<Installed, 'outcome'> & { outcome: Installed['outcome'] | 'would be installed' };

/** the packages that pipelines name, one after the other */
export function installConnectors(
  context: Context,
  pipelines: Pick<Pipeline, 'source'>[],
  { environment, dryRun }: InstallAll,
): Promise<InstallOutcome[]> {
  const home = connectorsHome(environment);
  const named = pipelines.map(connectorOf).flatMap((connector) => (connector ? [packageOf(connector)] : []));
  const packages = [...new Set(named.filter((name) => name !== undefined))].sort();
  return interruptible(context, async (signal) => {
    const done: InstallOutcome[] = [];
    for (const name of packages) {
      if (dryRun) {
        done.push({ package: name, folder: join(home, packageFolder(name)), outcome: 'would be installed' });
        continue;
      }
      done.push(await installPackage(name, { home, environment, signal, say: (text) => context.terminal.say(text) }));
    }
    return done;
  });
}
