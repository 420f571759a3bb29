import { writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import * as waterclock from '../../index.js';
import { referencePage } from './reference-page.js';

const file = new URL('../../docs/reference.md', import.meta.url).pathname;
const options = { ...(await resolveConfig(file)), parser: 'markdown' };
writeFileSync(file, await format(referencePage(Object.keys(waterclock)), options));
