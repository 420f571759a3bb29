import { isSecret } from '../model/http-source.js';
import { camelCase } from './camel-case.js';
import type { DraftStream } from './draft-streams.js';
import { renderEntity } from './render-entity.js';
import { helpersFor, keyText, lineWidth, quoted } from './render-fields.js';

export interface ConnectorDraft {
  name: string;
  /** as it was given */
  from: string;
  language: 'airbyte' | 'singer';
  /** what names the connector, as `package: 'tap-github==1.10.0'` */
  named: string[];
  config: Record<string, unknown>;
  /** fields of the config that are to be set */
  open: string[];
  streams: DraftStream[];
  /** ISO, of the first interval */
  start: string;
}

/** the text of definition.ts */
export function renderConnector({ name, from, language, named, config, open, streams, start }: ConnectorDraft): string {
  const constants = streams
    .map(({ entity }) => `${camelCase(entity.name)}Rows`)
    .map((one, at, all) => (all.indexOf(one) === at ? one : `${one}${at}`));
  const entities = streams.map(({ entity }, at) => renderEntity(entity, constants[at] ?? ''));
  const configLines = Object.keys(config).length > 0 ? [`    config: ${valueText(config, '    ')},`] : [];
  const hasSecrets = configLines.some((line) => line.includes('secret('));
  const imports = [language, 'defineEntity', 'definePipeline', ...(hasSecrets ? ['secret'] : [])].sort();
  const helpers = helpersFor(entities.join('\n'));
  const pipeline = [
    `export const ${camelCase(name)}Pipeline = definePipeline({`,
    `  name: '${name}',`,
    `  description: ${quoted(`What ${from} brings`)},`,
    `  schedule: { every: '1 day', offset: '1 hour', start: '${start}' },`,
    "  deadline: '2 hours',",
    `  source: ${language}({`,
    ...named.map((line) => `    ${line},`),
    ...streamLines(streams),
    ...open.map((one) => `    // to be set: ${one.replace(/\s+/g, ' ').slice(0, lineWidth - 20)}`),
    ...configLines,
    '  }),',
    listLine('entities', constants),
    '});',
  ];
  return `${[
    `import { ${imports.join(', ')} } from 'waterclock';`,
    "import { z } from 'zod';",
    '',
    `// made from the catalog of ${from}: connectors are not held to theirs, so look at what is rejected in the first run`,
    ...(helpers.length > 0 ? [...helpers, ''] : ['']),
    ...entities.flatMap((entity) => [entity, '']),
    ...pipeline,
  ].join('\n')}\n`;
}

function streamLines(streams: DraftStream[]): string[] {
  if (streams.every(({ sync }) => sync === 'full_refresh')) {
    const short = `    streams: [${streams.map(({ stream }) => quoted(stream)).join(', ')}],`;
    if (short.length <= lineWidth) return [short];
    return ['    streams: [', ...streams.map(({ stream }) => `      ${quoted(stream)},`), '    ],'];
  }
  const options = ({ stream, sync }: DraftStream) =>
    `${keyText(stream)}: ${sync === 'incremental' ? "{ sync: 'incremental' }" : '{}'}`;
  const short = `    streams: { ${streams.map(options).join(', ')} },`;
  if (short.length <= lineWidth) return [short];
  return ['    streams: {', ...streams.map((one) => `      ${options(one)},`), '    },'];
}

function listLine(name: string, items: string[]): string {
  const short = `  ${name}: [${items.join(', ')}],`;
  return short.length <= lineWidth
    ? short
    : [`  ${name}: [`, ...items.map((item) => `    ${item},`), '  ],'].join('\n');
}

/** data as TypeScript, secrets as `secret('NAME')` */
function valueText(value: unknown, indent: string): string {
  if (isSecret(value)) return `secret(${quoted(value.secret)})`;
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const isList = Array.isArray(value);
  const [open, close] = isList ? ['[', ']'] : ['{', '}'];
  const items = isList
    ? value.map((one) => valueText(one, `${indent}  `))
    : Object.entries(value).map(([name, one]) => `${keyText(name)}: ${valueText(one, `${indent}  `)}`);
  if (items.length === 0) return `${open}${close}`;
  const short = isList ? `[${items.join(', ')}]` : `{ ${items.join(', ')} }`;
  if (short.length + indent.length <= lineWidth - 12 && !short.includes('\n')) return short;
  return [open, ...items.map((item) => `${indent}  ${item},`), `${indent}${close}`].join('\n');
}
