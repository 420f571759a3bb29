import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** of ours, those that no project names: the embedded stack needs them */
export const ofTheStack = ['redshift-local', 'ecs-local'];
const names = ['waterclock', '@waterclock/local', '@waterclock/infra', ...ofTheStack];

/**
 * the tarballs that these packages were installed from, by name; none where they came from a registry.
 * `modules`: the folder `node_modules` that this program is in
 */
export function installedFrom(modules: string): Record<string, string> {
  const list = join(modules, '.package-lock.json');
  if (!existsSync(list)) return {};
  const { packages = {} } = JSON.parse(readFileSync(list, 'utf8')) as {
    packages?: Record<string, { resolved?: string }>;
  };
  return Object.fromEntries(
    names.flatMap((name) => {
      const { resolved = '' } = packages[`node_modules/${name}`] ?? {};
      return /^file:.*\.tgz$/.test(resolved) ? [[name, resolve(modules, '..', resolved.slice('file:'.length))]] : [];
    }),
  );
}
