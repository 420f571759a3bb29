import { readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { networkGuard, soundsLikeNoNetwork } from './network.mjs';
import { runStep } from './run-step.mjs';
import { SetUpFailure } from './set-up-failure.mjs';

/** npm writes its own list last: a list that says what the lock says is a whole install, whoever made it */
export function npmPackagesAreCurrent(root) {
  const installed = readPackages(join(root, 'node_modules', '.package-lock.json'));
  const wanted = readPackages(join(root, 'package-lock.json'));
  return installed !== undefined && wanted !== undefined && isInstalled(wanted, installed);
}

export function isInstalled(wanted, installed) {
  return Object.entries(wanted).every(([path, { version, optional, peer }]) => {
    if (path === '') return true;
    const found = installed[path];
    return found ? found.version === version : Boolean(optional || peer);
  });
}

export async function installNpmPackages({ root, env, log, onSpawn }) {
  const quick = {
    ...env,
    npm_config_fetch_retries: '3',
    npm_config_fetch_retry_mintimeout: '1000',
    npm_config_fetch_retry_maxtimeout: '4000',
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_progress: 'false',
  };
  const emptyCache = join(root, '.waterclock', 'probe');
  // with a cache npm answers from yesterday's pages and the missing network goes unseen
  const probe = ['view', 'tsx', 'version', '--cache', emptyCache, '--fetch-retries=0', '--fetch-timeout=6000'];
  const guard = networkGuard((signal) => runStep('npm', probe, { cwd: root, env, log, signal }));
  const install = (more) =>
    runStep('npm', ['ci', ...more], { cwd: root, env: quick, log, onSpawn, signal: guard.signal });
  // the lock's hashes decide what is right, so what the cache has is good enough; unless it is too old to know a version
  let ended = await install(['--prefer-offline']);
  if (ended.code !== 0 && /ETARGET|notarget|EINTEGRITY/.test(ended.output)) ended = await install([]);
  const { code, output } = ended;
  await guard.end();
  rmSync(emptyCache, { recursive: true, force: true });
  if (code === 0) return;
  if (code === 127) throw new SetUpFailure('npm was not found: install Node with its npm, then start again');
  if (guard.signal.aborted || soundsLikeNoNetwork(output)) {
    throw new SetUpFailure(
      "the npm packages could not be downloaded, the registry was not reached: check the network (or npm's proxy and registry settings), then start again",
    );
  }
  throw new SetUpFailure(`npm ci failed (${lastError(output)}): see ${relative(root, log)}, then start again`);
}

function readPackages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

function lastError(output) {
  const lines = output
    .split('\n')
    .filter((line) => /^npm (error|ERR!)/.test(line) && !/complete log|A complete/.test(line));
  return (
    lines
      .map((line) => line.replace(/^npm (error|ERR!)\s*/, '').trim())
      .filter(Boolean)
      .slice(0, 2)
      .join(' ') || 'no message'
  );
}
