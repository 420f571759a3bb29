import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { root } from '../../../local/paths.js';

test('definitions load neither the clients of AWS nor an HTTP client: every thread and command reads them', () => {
  const code = `
    import { createRequire } from 'node:module';
    await import('./index.ts');
    console.log(Object.keys(createRequire(import.meta.url).cache).join('\\n'));
  `;
  const args = ['--no-warnings', '--import', 'tsx', '--input-type=module', '--eval', code];
  const loaded = execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  const packages = new Set(Array.from(loaded.matchAll(/node_modules\/((?:@[^/]+\/)?[^/]+)/g), ([, name]) => name));
  expect([...packages].filter((name) => /aws-sdk|smithy|undici/.test(name ?? ''))).toEqual([]);
});
