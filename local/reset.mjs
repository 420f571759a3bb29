import { enter } from './setup/enter.mjs';

const { main } = await enter(new URL('./reset/main.ts', import.meta.url).href, process.env, { needsPython: false });
await main();
