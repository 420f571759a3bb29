import { fileURLToPath } from 'node:url';
import { isNewEnough, needed } from './node-version.mjs';

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '');

/** npm dies of some signals (SIGHUP, SIGKILL) without a word to its script, which then has another parent */
const parent = process.ppid;

export function whenParentEnds(env, work) {
  if (!env.npm_lifecycle_event) return () => {};
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    work();
  }, 500);
  timer.unref();
  return () => clearInterval(timer);
}

/** from a fresh clone into TypeScript: checks Node, sets up what is missing, answers the module */
export async function enter(module, env, options) {
  if (!isNewEnough(process.versions.node)) {
    end(
      `waterclock needs Node ${needed} or newer, this is ${process.versions.node}: install a newer one, for example with \`nvm install 22\``,
    );
  }
  const { setUp } = await import('./set-up.mjs');
  const { SetUpFailure } = await import('./set-up-failure.mjs');
  const { endSteps } = await import('./run-step.mjs');
  let summary;
  const stopWatching = whenParentEnds(env, () => {
    endSteps();
    process.exit(129);
  });
  try {
    summary = await setUp(root, env, options);
  } catch (error) {
    if (error instanceof SetUpFailure) end(`waterclock: ${error.message}`);
    end(`waterclock: the set-up failed: ${error instanceof Error ? error.message : String(error)}`);
  }
  stopWatching();
  if (!module) return { summary };
  const { register } = await import('tsx/esm/api');
  register();
  return { ...(await import(module)), summary };
}

function end(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
