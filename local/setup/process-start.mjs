import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** when a process was started, as its system tells it; undefined when there is none */
export function processStart(pid) {
  try {
    if (process.platform === 'linux') return linuxProcessStart(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    const started = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', stdio: 'pipe' });
    return started.trim() || undefined;
  } catch {
    return undefined;
  }
}

/** field 22 of proc's stat; the name in brackets may hold blanks and brackets; a zombie is no process */
export function linuxProcessStart(stat) {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
}
