import { refuse } from '../control/failure.js';

/** letters of a line, as the formatter has it */
const lineWidth = 120;

/** a `waterclock.config.ts` with one more import and one more entry of its list */
export function registered(text: string, name: string, camel: string): string {
  const line = `import { ${camel}Pipeline } from './pipelines/${name}/definition.js';\n`;
  if (text.includes(`'./pipelines/${name}/definition.js'`))
    refuse(`waterclock.config.ts names ${name} already: choose another name`);
  const list = /^(?<indent> *)(?<before>.*\bpipelines: )\[(?<entries>[^\]]*)\](?<after>.*)$/m.exec(text);
  const last = Array.from(text.matchAll(/^import .*\n/gm)).at(-1);
  if (!list?.groups || !last) {
    refuse(
      `waterclock.config.ts is not as expected: add ${camel}Pipeline of './pipelines/${name}/definition.js' to its list by hand`,
    );
  }
  const { indent = '', before = '', after = '' } = list.groups;
  const entries = [...(list.groups['entries'] ?? '').split(',').map((entry) => entry.trim()), `${camel}Pipeline`];
  const named = entries.filter(Boolean);
  const short = `${indent}${before}[${named.join(', ')}]${after}`;
  const long = `${indent}${before}[\n${named.map((entry) => `${indent}  ${entry},\n`).join('')}${indent}]${after}`;
  const at = last.index + last[0].length;
  return `${text.slice(0, at)}${line}${text.slice(at)}`.replace(list[0], short.length <= lineWidth ? short : long);
}
