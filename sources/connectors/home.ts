import { createHash } from 'node:crypto';
import { access, constants } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ConnectorSource } from '../../model/connector.js';
import { TerminalError } from '../../model/errors.js';
import { findProgram } from '../../tasks/find-program.js';

type Environment = Record<string, string | undefined>;

/** what low-code manifests run on where a definition names no other version */
const manifestPackage = 'airbyte-cdk==7.39.1';
export const manifestProgram = 'source-declarative-manifest';

/** folder of the virtual environments of connectors: `WATERCLOCK_CONNECTORS`, else in the user's cache */
export function connectorsHome(environment: Environment, platform: string = process.platform): string {
  const { WATERCLOCK_CONNECTORS: own, WATERCLOCK_CACHE: cache, XDG_CACHE_HOME: xdg, HOME } = environment;
  if (own) return own;
  if (cache) return join(cache, 'connectors');
  const user = HOME || homedir();
  if (platform === 'darwin') return join(user, 'Library', 'Caches', 'waterclock', 'connectors');
  return join(xdg || join(user, '.cache'), 'waterclock', 'connectors');
}

/** a package's folder there; a name reads the same in any case and with any of `-`, `_`, `.` */
export function packageFolder(name: string): string {
  const plain = name.toLowerCase().replace(/[-_.]+(?=[^=]*==)/g, '-');
  const hash = createHash('sha256').update(plain).digest('hex').slice(0, 8);
  return `${plain.replace(/\[.*\]/, '').replace('==', '-')}-${hash}`;
}

/** the package that is installed for a connector; undefined where its program comes from elsewhere */
export const packageOf = (connector: Pick<ConnectorSource, 'package' | 'manifest'>): string | undefined =>
  connector.package ?? (connector.manifest === undefined ? undefined : manifestPackage);

/** path of a connector's program */
export async function connectorProgram(connector: ConnectorSource, environment: Environment): Promise<string> {
  const home = connectorsHome(environment);
  const name = packageOf(connector);
  const file = name && join(home, packageFolder(name), 'bin', connector.command);
  if (file && (await isProgram(file))) return file;
  // another version than the one that is named must not stand in for it
  if (connector.package === undefined)
    return findProgram(connector.command, { ...environment, WATERCLOCK_CONNECTORS: home });
  const folder = join(home, packageFolder(connector.package));
  const isThere = await isProgram(join(folder, 'bin', 'python'));
  throw new TerminalError(
    'ConnectorMissing',
    isThere
      ? `the package ${connector.package} has no program ${connector.command}: name the one that it has in \`command\``
      : `the package ${connector.package} is not installed in ${home}`,
  );
}

/** also a link whose program is there */
export const isProgram = (file: string): Promise<boolean> =>
  access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
