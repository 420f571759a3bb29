import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { differences } from './differences.js';
import { expectedOf, textOf, type Expected, type RowSet } from './row-set.js';

const expectedFolder = join('test', 'expected');

const row = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));
const expected = z.strictObject({ count: z.number(), hash: z.string().optional(), rows: z.array(row) });

export interface Compared {
  /** relative to the project */
  file: string;
  differences: string[];
}

/** holds what there is to what the project's files say; `isWhole`: a file of nothing that there is differs too */
export function compareWithFolder(project: string, sets: RowSet[], isWhole: boolean): Compared[] {
  const compared = sets.map((set) => {
    const file = fileOf(set);
    const path = join(project, file);
    if (!existsSync(path)) return { file, differences: ['it is not there yet: `waterclock test --update` writes it'] };
    return { file, differences: differences(read(path, file), expectedOf(set), set.key) };
  });
  const left = isWhole ? leftOver(project, sets) : [];
  return [
    ...compared,
    ...left.map((file) => ({
      file,
      differences: ['nothing of this name was loaded or asked: `waterclock test --update` removes it'],
    })),
  ];
}

/** answers the files that it wrote and removed */
export function updateFolder(project: string, sets: RowSet[], isWhole: boolean) {
  mkdirSync(join(project, expectedFolder), { recursive: true });
  const written = sets.flatMap((set) => {
    const path = join(project, fileOf(set));
    const text = textOf(expectedOf(set));
    if (existsSync(path) && readFileSync(path, 'utf8') === text) return [];
    writeFileSync(path, text);
    return [fileOf(set)];
  });
  const removed = isWhole ? leftOver(project, sets) : [];
  for (const file of removed) rmSync(join(project, file));
  return { written, removed };
}

const fileOf = ({ name }: Pick<RowSet, 'name'>) => join(expectedFolder, `${name}.json`);

function leftOver(project: string, sets: RowSet[]): string[] {
  const folder = join(project, expectedFolder);
  const known = new Set(sets.map(fileOf));
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
  return files
    .sort()
    .map((name) => join(expectedFolder, name))
    .filter((file) => !known.has(file));
}

function read(path: string, file: string): Expected {
  try {
    const { hash, ...rest } = expected.parse(JSON.parse(readFileSync(path, 'utf8')));
    return { ...rest, ...(hash !== undefined && { hash }) };
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new Error(`${file} cannot be read (${why}): mend it, or remove it and run \`waterclock test --update\``, {
      cause: error,
    });
  }
}
