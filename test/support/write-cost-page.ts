import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { costPage } from './cost-page.js';

const file = new URL('../../docs/cost.md', import.meta.url).pathname;
const options = { ...(await resolveConfig(file)), parser: 'markdown' };
writeFileSync(file, await format(costPage(readFileSync(file, 'utf8')), options));
