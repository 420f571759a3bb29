import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ImitatedHosts } from './imitated-hosts.js';

/** taps that take the CA of the imitated hosts, since what their SDK sends asks no variable for it; each writes its pid into `<tap>.pids` */
export function wrappedTaps(folder: string, bin: string, { environment }: ImitatedHosts, names: string[]): string {
  mkdirSync(folder);
  const ca = JSON.stringify(environment['REQUESTS_CA_BUNDLE']);
  writeFileSync(join(folder, 'sitecustomize.py'), `import certifi\ncertifi.where = lambda: ${ca}\n`);
  for (const name of names)
    writeFileSync(
      join(folder, name),
      `#!/bin/sh\necho $$ >> ${join(folder, `${name}.pids`)}\nPYTHONPATH=${folder} exec ${join(bin, name)} "$@"\n`,
      { mode: 0o755 },
    );
  return folder;
}
