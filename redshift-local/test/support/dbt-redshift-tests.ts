import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** of the version that the lock `dbt-tests` has */
const source = 'dbt-redshift==1.11.1 --hash=sha256:9921457b139efa694e74c6c6c316daa56bb2034e65c1699faada8ae8297ab800';

/** dbt-redshift with its tests: a checkout of a user's own, or what PyPI has; undefined where it cannot be had */
export function dbtRedshiftTests(python: string, folder: string, env: NodeJS.ProcessEnv): string | undefined {
  const own = env['WATERCLOCK_DBT_REDSHIFT_TESTS'];
  if (own) return own;
  if (!existsSync(folder)) {
    const packed = `${folder}.packed`;
    rmSync(packed, { recursive: true, force: true });
    mkdirSync(packed, { recursive: true });
    const wanted = join(packed, 'requirements.txt');
    try {
      execFileSync('sh', ['-c', `echo "$0" > "$1"`, source, wanted]);
      const what = ['--no-deps', '--no-binary', ':all:', '--require-hashes', '-r', wanted, '-d', packed];
      execFileSync(python, ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', ...what], { env });
    } catch {
      return undefined;
    }
    const archive = readdirSync(packed).find((name) => name.endsWith('.tar.gz')) ?? '';
    execFileSync('tar', ['-xzf', join(packed, archive), '-C', packed]);
    execFileSync('mv', [join(packed, archive.replace('.tar.gz', '')), folder]);
    rmSync(packed, { recursive: true });
  }
  return folder;
}
