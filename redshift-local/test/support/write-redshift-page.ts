import { writeFileSync } from 'node:fs';
import { loadModule } from 'libpg-query';
import { format, resolveConfig } from 'prettier';
import { redshiftPage } from './redshift-page.js';

const file = new URL('../../../docs/local-redshift.md', import.meta.url).pathname;
await loadModule();
writeFileSync(file, await format(redshiftPage(), { ...(await resolveConfig(file)), parser: 'markdown' }));
