import { pathToFileURL } from 'node:url';
import { join } from 'node:path';

// usage: in-checkout.mjs <folder of a checkout> <options as JSON>; prints what runs of its version cost, as JSON
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
const [folder, options] = process.argv.slice(2);
const { enter } = await import(pathToFileURL(join(folder, 'local/setup/enter.mjs')).href);
const { measure } = await enter(new URL('./measure.ts', import.meta.url).href, process.env);
console.log(JSON.stringify(await measure(folder, JSON.parse(options))));
process.exit(0);
