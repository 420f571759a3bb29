import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TerminalError } from '../model/errors.js';
import { listNodes, type DbtContext } from './commands.js';
import { cacheFile, copyParse } from './parse-cache.js';
import type { Project } from './project-graph.js';
import { taggedNodes } from './selection.js';

/** what dbt listed for its selectors, in one state of the project's files */
interface Listed {
  files: string;
  selects: Record<string, string[]>;
}

/** the nodes that dbt's words mean; dbt is asked, once for each state of the project, about every word that is not a tag */
export async function selectedNodes(context: DbtContext, project: Project, words: string): Promise<Set<string>> {
  const select = words.trim();
  if (select === '' || select.startsWith('-')) {
    throw new TerminalError('DbtFailed', `'${select}' is not a dbt selection, one is for example tag:daily`);
  }
  const found = taggedNodes(project.graph, select) ?? (await listedNodes(context, project, select));
  if (found.size === 0) throw new TerminalError('DbtFailed', `${select} selects nothing in the dbt project`);
  return found;
}

async function listedNodes(context: DbtContext, { files }: Project, select: string): Promise<Set<string>> {
  // what these select lies outside of the project's files
  if (/\b(state|result|source_status):/.test(select)) return listNodes(context, select);
  const cache = cacheFile(context.dbt, 'selects.json');
  const known = await readListed(cache, files);
  const kept = known.selects[select];
  if (kept) return new Set(kept);
  const nodes = await listNodes(context, select);
  const fresh = join(context.folder, 'selects.json');
  await writeFile(fresh, JSON.stringify({ files, selects: { ...known.selects, [select]: [...nodes] } }));
  await copyParse(fresh, cache);
  return nodes;
}

async function readListed(path: string, files: string): Promise<Listed> {
  try {
    const kept = JSON.parse(await readFile(path, 'utf8')) as Listed;
    return kept.files === files ? kept : { files, selects: {} };
  } catch {
    // absent, or not whole: dbt lists again
    return { files, selects: {} };
  }
}
