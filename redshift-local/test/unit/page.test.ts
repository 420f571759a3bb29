import { readFileSync } from 'node:fs';
import { loadModule } from 'libpg-query';
import { format, resolveConfig } from 'prettier';
import { expect, test } from 'vitest';
import { redshiftPage } from '../support/redshift-page.js';

test('docs/local-redshift.md is what the rules and cases say; `npm run docs:redshift` writes it', async () => {
  await loadModule();
  const file = new URL('../../../docs/local-redshift.md', import.meta.url).pathname;
  const written = await format(redshiftPage(), { ...(await resolveConfig(file)), parser: 'markdown' });
  expect(readFileSync(file, 'utf8')).toBe(written);
});
