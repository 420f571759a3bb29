import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** of the version that the lock `dbt-tests` has */
const version = '1.11.1';
const source = `dbt-redshift==${version} --hash=sha256:9921457b139efa694e74c6c6c316daa56bb2034e65c1699faada8ae8297ab800`;

/** dbt-redshift's source with its tests: a checkout that WATERCLOCK_DBT_REDSHIFT_TESTS names, or what PyPI has, kept in `folder` */
export function dbtRedshiftTests(python: string, folder: string, env: NodeJS.ProcessEnv): string {
  const own = env['WATERCLOCK_DBT_REDSHIFT_TESTS'];
  if (own) return own;
  const wanted = join(folder, `dbt_redshift-${version}`);
  if (existsSync(wanted)) return wanted;
  const packed = join(folder, 'packed');
  rmSync(packed, { recursive: true, force: true });
  mkdirSync(packed, { recursive: true });
  const requirements = join(packed, 'requirements.txt');
  writeFileSync(requirements, `${source}\n`);
  const what = ['--no-deps', '--no-binary', ':all:', '--require-hashes', '-r', requirements, '-d', packed];
  try {
    execFileSync(python, ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', ...what], { env });
  } catch (cause) {
    throw new Error(
      `the source of dbt-redshift ${version} cannot be downloaded: name a checkout by WATERCLOCK_DBT_REDSHIFT_TESTS`,
      { cause },
    );
  }
  execFileSync('tar', ['-xzf', join(packed, `dbt_redshift-${version}.tar.gz`), '-C', packed]);
  renameSync(join(packed, `dbt_redshift-${version}`), wanted);
  rmSync(packed, { recursive: true });
  return wanted;
}
