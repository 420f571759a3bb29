import type { Stack } from '../stack.js';
import { pipelinesOf } from './inputs.js';
import { setUpService } from './prepare-project.js';
import type { Product } from './product.js';
import type { Screen } from './terminal.js';
import { changeOf, watchFiles, type Change } from './watch-files.js';

interface Options {
  stack: Stack;
  product: Product;
  project: string;
  screen: Screen;
}

/** what is saved in the project is taken by the stack that runs; answers what ends the watching */
export function reloadOnSave({ stack, product, project, screen }: Options): () => void {
  return watchFiles(project, async (files) => {
    const changes = new Map<Change, string[]>();
    for (const file of files) {
      const change = changeOf(file, project);
      if (change) changes.set(change, [...(changes.get(change) ?? []), file]);
    }
    for (const change of order) {
      const changed = changes.get(change);
      if (!changed) continue;
      try {
        screen.say(await take[change](stack, product, named(changed)));
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        screen.say(`not taken  ${named(changed)}: ${why.split('\n')[0]}; what ran before goes on`);
      }
    }
  });
}

/** a definition may read its sample's address */
const order: Change[] = ['restart', 'samples', 'definitions', 'models'];

const take: Record<Change, (stack: Stack, product: Product, files: string) => Promise<string>> = {
  async definitions(stack, product, files) {
    // in a process of their own: one that does not load leaves the worker alone
    const pipelines = await pipelinesOf(product);
    await setUpService(product);
    await stack.reloadSamples();
    await stack.replaceWorker();
    const names = pipelines.map(({ name }) => name).join(', ');
    return `taken      ${files}: a new worker has the definitions (${names})`;
  },
  async samples(stack, _product, files) {
    await stack.reloadSamples();
    return `taken      ${files}: the embedded upstream serves it`;
  },
  models: async (_stack, _product, files) => `taken      ${files}: the next build has it (\`npx waterclock build\`)`,
  restart: async (_stack, _product, files) => `not taken  ${files}: the next start does, stop this one with Ctrl-C`,
};

function named(files: string[]): string {
  const [first = '', second] = files;
  if (second === undefined) return first;
  return files.length === 2 ? `${first}, ${second}` : `${first} and ${files.length - 1} more files`;
}
