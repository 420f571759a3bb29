import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
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
    const others = otherTargets(projectDir, target);
    if (others) {
      const remedy = `set WATERCLOCK_DBT_TARGET to one of ${others.join(', ')}, or add ${target} to profiles.yml`;
      return { ok: false, found: `profiles.yml of ${projectDir} has no target ${target}`, remedy };
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

/** those of the project's own profiles where they lack this one; a team that keeps them elsewhere is asked nothing */
function otherTargets(projectDir: string, target: string): string[] | undefined {
  const file = join(projectDir, 'profiles.yml');
  if (!existsSync(file)) return undefined;
  const { profile } = parse(readFileSync(join(projectDir, 'dbt_project.yml'), 'utf8')) as { profile?: string };
  const profiles = parse(readFileSync(file, 'utf8'), { merge: true }) as Record<string, { outputs?: object }>;
  const targets = Object.keys(profiles[profile ?? '']?.outputs ?? {});
  return targets.length === 0 || targets.includes(target) ? undefined : targets;
}
