import { existsSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { findPython } from './find-python.mjs';
import { networkGuard, soundsLikeNoNetwork } from './network.mjs';
import { runStep } from './run-step.mjs';
import { SetUpFailure } from './set-up-failure.mjs';
import { stampVenv, venvFolder } from './tools-cache.mjs';

/** makes the venv of a lock at its final place, since it cannot be moved; answers its folder */
export async function installPythonTools({ cache, lock, name, env, log, onSpawn }) {
  const clean = {
    ...env,
    PYTHONNOUSERSITE: '1',
    PIP_USER: '0',
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    PIP_NO_INPUT: '1',
    UV_NO_PROGRESS: '1',
  };
  for (const name of ['PYTHONHOME', 'PYTHONPATH', 'VIRTUAL_ENV', '__PYVENV_LAUNCHER__']) delete clean[name];
  const python = await findPython(clean);
  const uv = findOnPath('uv', env);
  if (!python && !uv)
    throw new SetUpFailure('Python 3.10 or newer was not found: install python3 (3.10 to 3.13), then start again');
  const venv = venvFolder(cache, lock, name, python ?? ofUv);
  // what a killed set-up left half-made
  rmSync(venv, { recursive: true, force: true });
  const step = { cwd: cache, env: clean, log, onSpawn };
  try {
    await (uv ? withUv(uv, python, lock, venv, step) : withPip(python, lock, venv, step));
  } catch (error) {
    rmSync(venv, { recursive: true, force: true });
    throw error;
  }
  stampVenv(lock, venv);
  return venv;
}

/** uv brings a Python of its own where the machine has none */
const ofUv = { major: 3, minor: 'x' };

async function withPip(python, lock, venv, step) {
  const remedy = `Python ${python.major}.${python.minor} (${python.path}) cannot make a virtual environment: \`apt-get install python3-venv\` (or python${python.major}.${python.minor}-venv), then start again`;
  if (!python.makesVenvs) throw new SetUpFailure(remedy);
  const made = await runStep(python.path, ['-m', 'venv', venv], step);
  const own = join(venv, 'bin', 'python');
  if (made.code !== 0 || !existsSync(own)) {
    if (/ensurepip|venv/i.test(made.output)) throw new SetUpFailure(remedy);
    throw failed('python -m venv', made.output, step.log);
  }
  const common = ['-m', 'pip', '--quiet'];
  const probe = [
    'download',
    '--no-deps',
    '--no-cache-dir',
    '--retries',
    '0',
    '--timeout',
    '6',
    '--dest',
    join(venv, 'probe'),
    'six',
  ];
  const guard = networkGuard((signal) => runStep(own, [...common, ...probe], { ...step, onSpawn: undefined, signal }));
  // bytecode is written when a tool first runs: compiling all of it takes longer than the download
  const install = [
    'install',
    '--no-compile',
    '--no-deps',
    '--require-hashes',
    '--only-binary',
    ':all:',
    '--retries',
    '3',
    '-r',
    lock,
  ];
  const { code, output } = await runStep(own, [...common, ...install], { ...step, signal: guard.signal });
  await guard.end();
  rmSync(join(venv, 'probe'), { recursive: true, force: true });
  if (code !== 0) throw downloadFailed('pip', guard.signal.aborted, output, step.log);
}

async function withUv(uv, python, lock, venv, step) {
  const quick = { ...step, env: { UV_HTTP_RETRIES: '2', ...step.env } };
  const made = await runStep(uv, ['venv', '--quiet', '--python', python?.path ?? '>=3.10,<3.14', venv], quick);
  if (made.code !== 0) throw downloadFailed('uv venv', false, made.output, step.log);
  const install = [
    'pip',
    'install',
    '--quiet',
    '--python',
    join(venv, 'bin', 'python'),
    '--no-deps',
    '--require-hashes',
    '--no-build',
    '-r',
    lock,
  ];
  const { code, output } = await runStep(uv, install, quick);
  if (code !== 0) throw downloadFailed('uv', false, output, step.log);
}

function downloadFailed(client, isCutOff, output, log) {
  if (!isCutOff && !soundsLikeNoNetwork(output)) return failed(client, output, log);
  const name = client.split(' ')[0];
  return new SetUpFailure(
    `the Python tools could not be downloaded, the package index was not reached: check the network (or ${name}'s proxy and index settings), then start again`,
  );
}

function failed(client, output, log) {
  const line =
    output
      .trim()
      .split('\n')
      .findLast((text) => /error/i.test(text)) ?? output.trim().split('\n').at(-1);
  return new SetUpFailure(`${client} failed (${line?.trim().slice(0, 200)}): see ${log}, then start again`);
}

function findOnPath(name, env) {
  return (env.PATH ?? '')
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}
