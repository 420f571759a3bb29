#!/usr/bin/env node
import { existsSync } from 'node:fs';

// AWS's SDK would print nine lines about Node 20
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
const source = new URL('./cli.ts', import.meta.url);
if (existsSync(source)) {
  const { register } = await import('tsx/esm/api');
  register();
  await import(source.href);
} else {
  await import(new URL('./cli.js', import.meta.url).href);
}
