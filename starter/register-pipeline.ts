import { refuse } from './failure.js';

/** letters of a line, as the formatter has it */
const lineWidth = 120;

/** the registry with one more import and one more entry */
export function registered(text: string, name: string, camel: string): string {
  const line = `import { ${camel}Pipeline } from './${name}/definition.js';`;
  if (text.includes(`'./${name}/definition.js'`))
    refuse(`pipelines/index.ts names ${name} already: choose another name`);
  const imports = Array.from(text.matchAll(/^import \{ \w+ \} from '\.\/[a-z0-9_]+\/definition\.js';\n/gm));
  const list = /^(export const pipelines: Pipeline\[\] = )\[([^\]]*)\];/m.exec(text);
  const last = imports.at(-1);
  if (!last || !list) {
    refuse(
      `pipelines/index.ts is not as expected: add ${camel}Pipeline of './${name}/definition.js' to its list by hand`,
    );
  }
  const entries = [...(list[2] ?? '').split(',').map((entry) => entry.trim()), `${camel}Pipeline`].filter(Boolean);
  const short = `${list[1]}[${entries.join(', ')}];`;
  const long = `${list[1]}[\n${entries.map((entry) => `  ${entry},\n`).join('')}];`;
  const at = last.index + last[0].length;
  return `${text.slice(0, at)}${line}\n${text.slice(at)}`.replace(list[0], short.length <= lineWidth ? short : long);
}
