import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { refuse } from '../control/failure.js';
import type { ProjectPlace } from '../define/open-project.js';
import { registered } from './register-pipeline.js';
import { nameProblem } from '../define/pipeline-name.js';

interface Scaffold {
  /** relative to the project's folder */
  files: string[];
  /** commands that show that it works */
  next: string[];
}

const templates = new URL('./templates/pipeline/', import.meta.url);

/** writes a pipeline that passes its own test; refuses before anything is written */
export async function scaffold({ folder, config }: ProjectPlace, name: string, dryRun: boolean): Promise<Scaffold> {
  const problem = nameProblem(name);
  if (problem) {
    const near = name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '_')
      .replace(/^[^a-z]+|_+$/g, '');
    refuse(
      `'${name}' can be no pipeline: ${problem}${near && near !== name && !nameProblem(near) ? `, for example ${near}` : ''}`,
    );
  }
  // a built image has none
  if (!existsSync(templates)) refuse('there are no templates here: run it where the sources of the program are');
  const test = `test/${name}.test.ts`;
  const wanted: Record<string, string> = {
    [`pipelines/${name}/definition.ts`]: 'definition.ts.template',
    [`pipelines/${name}/README.md`]: 'README.md.template',
    [`pipelines/${name}/sample/items.json`]: 'sample.json.template',
    [`pipelines/${name}/sample/sample.yaml`]: 'sample.yaml.template',
    [test]: 'test.ts.template',
  };
  const there = Object.keys(wanted).find((file) => existsSync(join(folder, file)));
  if (there) refuse(`${there} is there already: choose another name, or remove it`);
  const words = { name, camel: camelCase(name) };
  const contents = await Promise.all(
    Object.entries(wanted).map(async ([file, template]) => {
      const text = await readFile(new URL(template, templates), 'utf8');
      return [file, text.replace(/\{\{(name|camel)\}\}/g, (_, word: keyof typeof words) => words[word])] as const;
    }),
  );
  const registry = basename(config);
  const registryText = registered(await readFile(join(folder, registry), 'utf8'), name, words.camel);
  if (!dryRun) {
    for (const [file, text] of [...contents, [registry, registryText] as const]) {
      const path = join(folder, file);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    }
  }
  return {
    files: [...Object.keys(wanted), registry],
    next: [`npx vitest run ${test}`, 'npx waterclock pipelines --check', `npx waterclock schema ${name}`],
  };
}

function camelCase(name: string): string {
  return name.replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()).replace(/_/g, '');
}
