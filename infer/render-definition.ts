import type { HttpAuth } from '../model/http-source.js';
import { iso } from '../model/interval.js';
import { pathText } from '../model/field-path.js';
import { camelCase } from './camel-case.js';
import { leavesOf } from './choose-key.js';
import { fewRecords } from './draft.js';
import type { InferredSample } from './infer-sample.js';
import type { ReadSample } from './read-sample.js';
import { renderEntity } from './render-entity.js';
import { helpersFor } from './render-fields.js';
import { renderSource } from './render-source.js';

export interface RenderOptions {
  name: string;
  camel: string;
  /** as it is shown: without secrets */
  from: string;
  read: ReadSample;
  sample: InferredSample;
  auth?: HttpAuth;
}

/** the text of definition.ts */
export function renderDefinition({ name, camel, from, read, sample, auth }: RenderOptions): string {
  const { form, document } = sample;
  const source = renderSource({ pipeline: name, read, form, document, ...(auth && { auth }) });
  const constants = constantsOf(sample);
  const entities = sample.entities.map((entity, at) => renderEntity(entity, constants[at] ?? ''));
  const imports = ['defineEntity', 'definePipeline', ...new Set(source.imports)].sort();
  const helpers = helpersFor(entities.join('\n'));
  const schedule = source.isSnapshot
    ? "schedule: { every: '1 day', offset: '1 hour' },"
    : "schedule: { every: '1 hour', offset: '5 minutes', catchup: '2 days' },";
  const pipeline = [
    `export const ${camel}Pipeline = definePipeline({`,
    `  name: '${name}',`,
    `  description: 'What ${name} has, as a sample of it shows',`,
    `  ${schedule}`,
    "  deadline: '2 hours',",
    ...source.lines.map((line) => `  ${line}`),
    listLine('entities', constants),
    '});',
  ];
  return `${[
    `import { ${imports.join(', ')} } from 'waterclock';`,
    "import { z } from 'zod';",
    '',
    ...readNotes(from, read, sample),
    ...(helpers.length > 0 ? [...helpers, ''] : []),
    ...entities.flatMap((entity) => [entity, '']),
    ...pipeline,
  ].join('\n')}\n`;
}

function readNotes(from: string, read: ReadSample, { records, isCut, entities }: InferredSample): string[] {
  const bytes = read.bodies.reduce((sum, body) => sum + body.bytes, 0);
  const much = isCut ? `the first ${bytes} bytes` : `${bytes} bytes, all of it`;
  const isFew = entities.some(({ fields }) =>
    fields.some(({ shape }) => shape.values > 0 && shape.values < fewRecords),
  );
  return [
    `// made from ${records} ${records === 1 ? 'record' : 'records'} of ${from.slice(0, 70)} (${much})`,
    '// what a comment says is a guess by what came: look at it, then delete the comment. A text has room for twice the longest',
    '// a field that each record has is required: add .optional() where the source may leave it out, .nullable() for null',
    ...(isFew ? [`// of fewer than ${fewRecords} records every field but the key may be missing: few say little`] : []),
  ];
}

function constantsOf({ entities }: InferredSample): string[] {
  return entities
    .map(({ name }) => `${camelCase(name)}Rows`)
    .map((one, at, all) => (all.indexOf(one) === at ? one : `${one}${at}`));
}

function listLine(name: string, items: string[]): string {
  const short = `  ${name}: [${items.join(', ')}],`;
  return short.length <= 120 ? short : [`  ${name}: [`, ...items.map((item) => `    ${item},`), '  ],'].join('\n');
}

/** the text of sample.yaml */
export function renderSampleYaml({ name, from, read, sample }: Omit<RenderOptions, 'camel'>): string {
  const modified = iso(read.modified.getTime());
  const { origin } = read;
  const head = `# what the embedded upstream of \`npm start\` serves instead of the source; read from ${from}\n`;
  if (origin.kind === 's3' || (origin.kind === 'file' && sample.form.form !== 'json')) {
    const [bucket, prefix] = origin.kind === 's3' ? [origin.bucket, origin.prefix] : ['your-bucket', `${name}/`];
    return `${head}objects:\n  bucket: ${JSON.stringify(bucket)}\n  prefix: ${JSON.stringify(prefix)}\n  folder: objects\n  modified: '${modified}'\n`;
  }
  const address = origin.kind === 'http' ? origin.address : undefined;
  const path = address ? decodeURI(new URL(address.url).pathname) : `/${name}`;
  const lines = [
    'answers:',
    `  - path: ${JSON.stringify(path)}`,
    `    file: ${JSON.stringify(sample.files[0]?.name ?? '')}`,
  ];
  const time = address?.from && address.to ? timeOf(sample) : undefined;
  if (time === undefined) return `${head}snapshotAt: '${modified}'\n${lines.join('\n')}\n`;
  const at = sample.form.form === 'json' ? sample.form.at : undefined;
  const bounds = `{ from: ${JSON.stringify(address?.from)}, to: ${JSON.stringify(address?.to)} }`;
  return `${head}${[
    ...lines,
    ...(at === undefined ? [] : [`    at: ${JSON.stringify(at)}`]),
    '    # both ends are included; which time the parameters bound is a guess',
    `    where: { ${JSON.stringify(time)}: ${bounds} }`,
  ].join('\n')}\n`;
}

const timeKinds = new Set(['utcTime', 'offsetTime', 'localTime', 'epochSeconds', 'epochMillis']);

/** the first time that every record has */
function timeOf({ entities, records, form, document }: InferredSample): string | undefined {
  const [first] = entities;
  if (!first || first.rows || (form.form === 'json' && form.at === undefined && !Array.isArray(document)))
    return undefined;
  const leaf = leavesOf(first.fields).find(({ fields }) => {
    const { draft, shape } = fields.at(-1) ?? {};
    return timeKinds.has(draft?.kind ?? '') && shape?.values === records && shape.nulls === 0;
  });
  return leaf && pathText(leaf.path);
}
