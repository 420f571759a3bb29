import { enter, whenParentEnds } from './setup/enter.mjs';

const isHelp = process.argv.slice(2).some((argument) => argument === '--help' || argument === '-h');
const { main, summary } = await enter(new URL('./start/main.ts', import.meta.url).href, process.env, {
  needsPython: !isHelp,
});
await main(summary, (work) => whenParentEnds(process.env, work));
