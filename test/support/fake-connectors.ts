import { chmodSync, copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** a folder as WATERCLOCK_CONNECTORS has it, with a connector of Airbyte's, source-fake, and a tap, fake-tap */
export function fakeConnectors(home: string): void {
  const bin = join(home, 'fakes', 'bin');
  mkdirSync(bin, { recursive: true });
  for (const name of ['source-fake', 'fake-tap', 'tap-fake', 'source-declarative-manifest']) {
    copyFileSync('test/support/fake-connector.mjs', join(bin, name));
    chmodSync(join(bin, name), 0o755);
  }
}
