import { enter } from '../local/setup/enter.mjs';

const { main } = await enter(new URL('./run.ts', import.meta.url).href, process.env);
process.exit(await main(process.argv.slice(2)));
