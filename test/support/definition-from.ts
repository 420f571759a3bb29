import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Pipeline } from '../../define/pipeline.js';

// within the package, so that 'waterclock' is what it is to a project
const folder = resolve(import.meta.dirname, '../../.waterclock/definitions', String(process.pid));
let count = 0;

/** the pipeline that the text of a definition.ts declares */
export async function definitionFrom(text: string): Promise<Pipeline> {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `definition-${count++}.ts`);
  writeFileSync(file, text);
  const module = (await import(pathToFileURL(file).href)) as Record<string, Pipeline>;
  const [pipeline] = Object.values(module);
  if (!pipeline) throw new Error(`the definition exports nothing:\n${text}`);
  return pipeline;
}

export const removeDefinitions = (): void => rmSync(folder, { recursive: true, force: true });
