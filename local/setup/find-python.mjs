import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const names = ['python3.13', 'python3.12', 'python3.11', 'python3.10', 'python3'];
const question =
  'import sys\ntry:\n import ensurepip, venv; ok = 1\nexcept ImportError: ok = 0\nprint(sys.executable, *sys.version_info[:2], ok, sep="|")';

/** the newest that works when it is run (shims exist and fail), with the modules that make a venv if one has them */
export async function findPython(env) {
  const found = (await Promise.all(names.map((name) => ask(name, env)))).filter(
    (python) => python && isSupported(python),
  );
  return found.find(({ makesVenvs }) => makesVenvs) ?? found[0];
}

async function ask(name, env) {
  try {
    const { stdout } = await run(name, ['-c', question], { env, timeout: 10_000 });
    return parsePython(stdout);
  } catch {
    return undefined;
  }
}

function parsePython(answer) {
  const [path, major, minor, ok] = answer.trim().split('|');
  return { path, major: Number(major), minor: Number(minor), makesVenvs: ok === '1' };
}

const isSupported = ({ major, minor }) => major === 3 && minor >= 10;
