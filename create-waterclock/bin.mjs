#!/usr/bin/env node
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

// `npm create waterclock my-platform` is `waterclock init my-platform`
process.argv.splice(2, 0, 'init');
const engine = dirname(createRequire(import.meta.url).resolve('waterclock/package.json'));
await import(pathToFileURL(join(engine, 'starter', 'bin.mjs')).href);
