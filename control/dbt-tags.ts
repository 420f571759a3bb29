import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pipeline } from '../define/pipeline.js';

/** tags that a definition selects and that no file of the dbt project names; nothing where there is no project */
export function unknownTags(pipelines: Pipeline[], dbt: string): Map<string, string[]> {
  if (!existsSync(join(dbt, 'dbt_project.yml'))) return new Map();
  const text = filesIn(dbt)
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  // a list of YAML, of a config() or of +tags
  const named = new Set(
    [...text.matchAll(/\+?tags["']?\s*[:=]\s*(\[[^\]]*\]|[^\n]+(?:\n\s*-[^\n]*)*)/g)].flatMap(wordsOf),
  );
  return new Map(
    pipelines.flatMap(({ name, dbtSelect = '' }) => {
      const unknown = [...dbtSelect.matchAll(/(?:^|[\s,+])tag:([\w-]+)/g)].flatMap(([, tag]) =>
        tag === undefined || named.has(tag) ? [] : [tag],
      );
      return unknown.length > 0 ? [[name, unknown] as const] : [];
    }),
  );
}

const wordsOf = ([, list = '']: RegExpMatchArray) => list.match(/[\w-]+/g) ?? [];

function filesIn(folder: string): string[] {
  const own = ['target', 'logs', 'dbt_packages', '.venv'];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return own.includes(entry.name) ? [] : filesIn(path);
    return /\.(ya?ml|sql|py)$/.test(entry.name) ? [path] : [];
  });
}
