import { readdir, readFile } from 'node:fs/promises';

const pageBytes = 4_096;

/** MiB that a process group holds; undefined where the system does not say, as on macOS */
export async function memoryOf(group: number): Promise<number | undefined> {
  const names = await readdir('/proc').catch(() => undefined);
  if (!names) return undefined;
  const own = await Promise.all(
    names
      .filter((name) => /^\d+$/.test(name))
      .map(async (name) => {
        const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
        // its name may have spaces
        const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return Number(fields[2]) === group ? Number(fields[21]) * pageBytes : 0;
      }),
  );
  return own.reduce((sum, bytes) => sum + bytes, 0) / 1024 ** 2;
}
