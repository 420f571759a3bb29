import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseManifest, type DbtGraph } from './artifacts.js';
import { parseProject, type DbtContext } from './commands.js';
import { cacheFile, copyParse } from './parse-cache.js';

/** what dbt writes, and what no model reads */
const passedOver = new Set(['target', 'logs', 'dbt_packages', '.user.yml', '.gitignore']);

/** a project in one state of its files, whose hash is `files` */
export interface Project {
  graph: DbtGraph;
  files: string;
}

/** the project's nodes and what they stand on; dbt parses it once for each state of its files */
export async function projectGraph(context: DbtContext): Promise<Project> {
  const files = await hashOf(resolve(context.dbt.projectDir));
  const cache = cacheFile(context.dbt, 'graph.json');
  const kept = await readKept(cache, files);
  if (kept) return { graph: kept, files };
  const graph = parseManifest(await readFile(join(await parseProject(context), 'manifest.json'), 'utf8'));
  const fresh = join(context.folder, 'graph.json');
  await writeFile(fresh, JSON.stringify({ files, nodes: [...graph] }));
  await copyParse(fresh, cache);
  return { graph, files };
}

async function readKept(path: string, files: string): Promise<DbtGraph | undefined> {
  try {
    const kept = JSON.parse(await readFile(path, 'utf8')) as { files: string; nodes: [string, never][] };
    return kept.files === files ? new Map(kept.nodes) : undefined;
  } catch {
    // absent, or not whole: dbt tells again
    return undefined;
  }
}

async function hashOf(folder: string): Promise<string> {
  const hash = createHash('sha256');
  async function add(path: string): Promise<void> {
    const entries = await readdir(join(folder, path), { withFileTypes: true });
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      if (passedOver.has(entry.name)) continue;
      const inner = join(path, entry.name);
      if (entry.isDirectory()) await add(inner);
      else hash.update(`${inner}\0`).update(await readFile(join(folder, inner)));
    }
  }
  await add('');
  return hash.digest('hex');
}
