import { join } from 'node:path';
import { ensureTools } from './ensure-tools.mjs';

/** the Python of `local/python/<name>.lock.txt`, made on first use: what tests and benches compare with */
export async function pythonVenv(name, env) {
  const { venv } = await ensureTools(name, { env, what: `python packages for ${name}` });
  return join(venv, 'bin', 'python');
}
