import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** folders whose files are made by tools, or belong to nothing that runs */
const left = new Set(['node_modules', 'target', 'logs', 'dbt_packages', 'dist', 'test', 'infra']);
const lookEvery = 1_000;

type Seen = Map<string, string>;

/**
 * says which files below a folder have changed, relative to it, once nothing has for a second. By looking, not by the
 * system's own watches: those miss files on mounts of containers, and a project has some hundred files
 */
export function watchFiles(
  folder: string,
  onChange: (files: string[]) => Promise<void>,
  every = lookEvery,
): () => void {
  const ending = new AbortController();
  void look(folder, onChange, every, ending.signal).catch(() => undefined);
  return () => ending.abort();
}

async function look(
  folder: string,
  onChange: (files: string[]) => Promise<void>,
  every: number,
  signal: AbortSignal,
): Promise<void> {
  let known = await seen(folder);
  let pending = new Set<string>();
  while (!signal.aborted) {
    await sleep(every, undefined, { signal, ref: false });
    const now = await seen(folder);
    const changed = changedIn(known, now);
    known = now;
    for (const file of changed) pending.add(file);
    if (changed.length > 0 || pending.size === 0) continue;
    const files = [...pending].sort();
    pending = new Set();
    await onChange(files);
  }
}

function changedIn(before: Seen, after: Seen): string[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => before.get(name) !== after.get(name));
}

async function seen(folder: string): Promise<Seen> {
  const found: Seen = new Map();
  await add(folder, folder, found);
  return found;
}

async function add(root: string, folder: string, found: Seen): Promise<void> {
  // a folder or a file may go while it is looked at
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (!entry.name.startsWith('.') && !left.has(entry.name)) await add(root, path, found);
      } else if (!entry.name.startsWith('.') || entry.name === '.env') {
        const file = await stat(path).catch(() => undefined);
        if (file) found.set(relative(root, path), `${file.mtimeMs} ${file.size}`);
      }
    }),
  );
}

export type Change = 'definitions' | 'samples' | 'models' | 'restart';

/** what a changed file of a project is part of; undefined: nothing that runs */
export function changeOf(file: string, project: string): Change | undefined {
  const parts = file.split(sep);
  const name = parts.at(-1) ?? '';
  if (/^(\.env|package(-lock)?\.json|tsconfig.*\.json)$/.test(name)) return 'restart';
  if (parts[0] === 'pipelines' && parts[2] === 'sample') return 'samples';
  if (parts.some((_, at) => existsSync(join(project, ...parts.slice(0, at), 'dbt_project.yml')))) return 'models';
  return /\.([cm]?[jt]s|json|ya?ml|sql|graphql|txt)$/.test(name) ? 'definitions' : undefined;
}
