import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join, relative } from 'node:path';
import { findPython } from './find-python.mjs';
import { networkGuard, soundsLikeNoNetwork } from './network.mjs';
import { runStep } from './run-step.mjs';
import { SetUpFailure } from './set-up-failure.mjs';

const stampOf = (venv) => join(venv, 'waterclock-stamp');
const hashOf = (lock) => createHash('sha256').update(readFileSync(lock)).digest('hex');

const stampText = (lock, venv) => `${hashOf(lock)} ${realpathSync(venv)}`;

/** what the embedded stack needs; other locks beside it are of tests and benches */
export const servicesLock = (root) => join(root, 'local', 'python', 'requirements.lock.txt');

export function pythonToolsAreCurrent(lock, venv) {
  // a clone that was moved has scripts that name the old place
  const stamp = existsSync(stampOf(venv)) ? readFileSync(stampOf(venv), 'utf8') : '';
  return stamp !== '' && stamp === stampText(lock, venv);
}

/** makes the venv anew; the stamp comes last, so a half-made one never counts */
export async function installPythonTools({ root, lock, venv, env, log, onSpawn }) {
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
  rmSync(venv, { recursive: true, force: true });
  mkdirSync(join(venv, '..'), { recursive: true });
  const step = { cwd: root, env: clean, log, onSpawn };
  try {
    await (uv ? withUv(uv, python, root, lock, venv, step) : withPip(python, root, lock, venv, step));
  } catch (error) {
    rmSync(venv, { recursive: true, force: true });
    throw error;
  }
  writeFileSync(stampOf(venv), stampText(lock, venv));
}

async function withPip(python, root, lock, venv, step) {
  const remedy = `Python ${python.major}.${python.minor} (${python.path}) cannot make a virtual environment: \`apt-get install python3-venv\` (or python${python.major}.${python.minor}-venv), then start again`;
  if (!python.makesVenvs) throw new SetUpFailure(remedy);
  const made = await runStep(python.path, ['-m', 'venv', venv], step);
  const own = join(venv, 'bin', 'python');
  if (made.code !== 0 || !existsSync(own)) {
    if (/ensurepip|venv/i.test(made.output)) throw new SetUpFailure(remedy);
    throw failed('python -m venv', made.output, root, step.log);
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
  if (code !== 0) throw downloadFailed('pip', guard.signal.aborted, output, root, step.log);
}

async function withUv(uv, python, root, lock, venv, step) {
  const quick = { ...step, env: { UV_HTTP_RETRIES: '2', ...step.env } };
  const made = await runStep(uv, ['venv', '--quiet', '--python', python?.path ?? '>=3.10,<3.14', venv], quick);
  if (made.code !== 0) throw downloadFailed('uv venv', false, made.output, root, step.log);
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
  if (code !== 0) throw downloadFailed('uv', false, output, root, step.log);
}

function downloadFailed(client, isCutOff, output, root, log) {
  if (!isCutOff && !soundsLikeNoNetwork(output)) return failed(client, output, root, log);
  const name = client.split(' ')[0];
  return new SetUpFailure(
    `the Python tools could not be downloaded, the package index was not reached: check the network (or ${name}'s proxy and index settings), then start again`,
  );
}

function failed(client, output, root, log) {
  const line =
    output
      .trim()
      .split('\n')
      .findLast((text) => /error/i.test(text)) ?? output.trim().split('\n').at(-1);
  return new SetUpFailure(
    `${client} failed (${line?.trim().slice(0, 200)}): see ${relative(root, log)}, then start again`,
  );
}

function findOnPath(name, env) {
  return (env.PATH ?? '')
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}
