import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Settings } from '../../model/settings.js';
import type { Check } from './finding.js';

const run = promisify(execFile);

/** the command, the project, and the adapter that the target needs */
export function dbtCheck({ command, projectDir, target }: Settings['dbt']): Check {
  return async () => {
    if (!existsSync(join(projectDir, 'dbt_project.yml'))) {
      const remedy = 'set WATERCLOCK_DBT_PROJECT_DIR to the folder of dbt_project.yml';
      return { ok: false, found: `no dbt project in ${projectDir}`, remedy };
    }
    const told = await run(command, ['--version'], { timeout: 60_000 }).catch((error: Error) => error);
    if (told instanceof Error) {
      return { ok: false, found: `${command} cannot be started`, remedy: 'set WATERCLOCK_DBT to its path' };
    }
    const text = told.stdout + told.stderr;
    const [, core = 'of an unknown version'] = /installed:\s+(\S+)/.exec(text) ?? [];
    const [, version] = /redshift:\s+(\S+)/.exec(text) ?? [];
    return version
      ? { ok: true, found: `dbt ${core} with redshift ${version}, target ${target}` }
      : {
          ok: false,
          found: `dbt ${core} without its adapter for redshift`,
          remedy: 'install dbt-redshift beside it',
        };
  };
}
