import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** packages whose programs the stack runs */
export type Package = 'waterclock' | '@waterclock/local' | 'redshift-local' | 'ecs-local';

const { resolve } = createRequire(import.meta.url);

export function packageFolder(name: Package): string {
  return dirname(resolve(`${name}/package.json`));
}

/** how Node runs a package's program, named without its suffix: from its source in a clone, elsewhere compiled */
export function programArguments(name: Package, program: string): string[] {
  const path = join(packageFolder(name), program);
  return existsSync(`${path}.ts`) ? ['--import', 'tsx', `${path}.ts`] : [`${path}.js`];
}
