import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { refuse } from '../control/failure.js';
import type { ProjectPlace } from '../define/open-project.js';
import { camelCase } from '../infer/camel-case.js';
import { registered } from './register-pipeline.js';
import { nameProblem } from '../define/pipeline-name.js';

export interface Scaffold {
  /** relative to the project's folder */
  files: string[];
  /** commands that show that it works */
  next: string[];
}

const templates = new URL('./templates/pipeline/', import.meta.url);

/** writes a pipeline that passes its own test; refuses before anything is written */
export async function scaffold(place: ProjectPlace, name: string, dryRun: boolean): Promise<Scaffold> {
  refuseName(name);
  const words = { name, camel: camelCase(name) };
  const contents = {
    [`pipelines/${name}/definition.ts`]: await templated('definition.ts', words),
    [`pipelines/${name}/README.md`]: await templated('README.md', words),
    [`pipelines/${name}/sample/items.json`]: await templated('sample.json', words),
    [`pipelines/${name}/sample/sample.yaml`]: await templated('sample.yaml', words),
    [testOf(name)]: await templated('test.ts', words),
  };
  return writePipeline(place, name, contents, dryRun);
}

export const testOf = (name: string): string => `test/${name}.test.ts`;

export function refuseName(name: string): void {
  const problem = nameProblem(name);
  if (!problem) return;
  const near = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[^a-z]+|_+$/g, '');
  refuse(
    `'${name}' can be no pipeline: ${problem}${near && near !== name && !nameProblem(near) ? `, for example ${near}` : ''}`,
  );
}

/** a template with `{{word}}` replaced */
export async function templated(name: string, words: Record<string, string>): Promise<string> {
  // a built image has none
  if (!existsSync(templates)) refuse('there are no templates here: run it where the sources of the program are');
  const text = await readFile(new URL(`${name}.template`, templates), 'utf8');
  return text.replace(/\{\{(\w+)\}\}/g, (whole, word: string) => words[word] ?? whole);
}

/** the files of a pipeline, by their paths in the project, and its line in the registry */
export async function writePipeline(
  { folder, config }: ProjectPlace,
  name: string,
  contents: Record<string, string>,
  dryRun: boolean,
): Promise<Scaffold> {
  const wanted = Object.keys(contents);
  const there = wanted.find((file) => existsSync(join(folder, file)));
  if (there) refuse(`${there} is there already: choose another name, or remove it`);
  const registry = basename(config);
  const registryText = registered(await readFile(join(folder, registry), 'utf8'), name, camelCase(name));
  if (!dryRun) {
    for (const [file, text] of [...Object.entries(contents), [registry, registryText] as const]) {
      const path = join(folder, file);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    }
  }
  return {
    files: [...wanted, registry],
    next: [`npx vitest run ${testOf(name)}`, 'npx waterclock pipelines --check', `npx waterclock schema ${name}`],
  };
}
