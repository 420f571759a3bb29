import { enter } from '../local/setup/enter.mjs';

// the SDK's note about Node 20 would stand between the figures
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
const { main } = await enter(new URL('./dbt.ts', import.meta.url).href, process.env);
process.exit(await main(process.argv.slice(2), process.env));
