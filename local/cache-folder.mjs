import { homedir } from 'node:os';
import { join } from 'node:path';

/** what the user's projects and clones share: the Python tools, by the hash of their lock */
export function cacheFolder(env = process.env, platform = process.platform) {
  if (env.WATERCLOCK_CACHE) return env.WATERCLOCK_CACHE;
  const home = env.HOME || homedir();
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'waterclock');
  return join(env.XDG_CACHE_HOME || join(home, '.cache'), 'waterclock');
}
