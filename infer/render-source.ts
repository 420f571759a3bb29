import type { HttpAuth } from '../model/http-source.js';
import type { CsvForm, RecordForm } from '../model/record-form.js';
import { draftPages } from './paging.js';
import type { ReadSample } from './read-sample.js';
import { keyText, quoted } from './render-fields.js';

export interface RenderedSource {
  /** `source: http({ ... }),` and what is said of it */
  lines: string[];
  /** names that it imports from 'waterclock' */
  imports: string[];
  /** every interval is asked alike: the source has no past */
  isSnapshot: boolean;
}

interface Given {
  pipeline: string;
  read: ReadSample;
  form: RecordForm;
  document: unknown;
  /** option -> header or scheme, as `--bearer` and `--api-key` gave them */
  auth?: HttpAuth;
}

/** the source of a definition, as far as the sample shows it */
export function renderSource({ pipeline, read, form, document, auth }: Given): RenderedSource {
  const { origin } = read;
  if (origin.kind === 's3' || (origin.kind === 'file' && form.form !== 'json')) {
    const bucket = origin.kind === 's3' ? origin.bucket : 'your-bucket';
    const prefix = origin.kind === 's3' ? origin.prefix : `${pipeline}/`;
    return {
      imports: ['s3Objects'],
      isSnapshot: false,
      lines: [
        origin.kind === 's3'
          ? '// objects that were last modified in the interval; a date in the prefix is {start:date} or {start:%Y/%m/%d}'
          : `// ${form.form === 'csv' ? 'CSV files' : 'newline-delimited files'} are mostly objects of a bucket: name yours`,
        'source: s3Objects({',
        `  bucket: ${quoted(bucket)},`,
        `  prefix: ${quoted(datedPrefix(prefix))},`,
        "  modifiedIn: 'interval',",
        ...(origin.kind === 's3' && origin.region ? [`  region: ${quoted(origin.region)},`] : []),
        ...(origin.kind === 's3' && origin.anonymous ? ['  anonymous: true,'] : []),
        ...(form.form === 'ndjson' ? [] : [`  records: ${formText(form)},`]),
        '}),',
      ],
    };
  }
  const address = origin.kind === 'http' ? origin.address : undefined;
  const at = form.form === 'json' ? form.at : undefined;
  const hasNextLink = origin.kind === 'http' && origin.hasNextLink;
  const pages = draftPages({ document, hasNextLink, query: address?.given ?? {}, ...(at !== undefined && { at }) });
  const isSnapshot = address?.from === undefined && address?.to === undefined;
  const credentials = authText(auth, address?.user, pipeline);
  const query = Object.entries(address?.query ?? {});
  const imports = [
    'http',
    ...(pages?.name ? [pages.name] : []),
    ...(credentials ? [credentials.name, 'secret'] : []),
    ...(query.some(([, code]) => code.startsWith('secret(')) ? ['secret'] : []),
  ];
  return {
    imports,
    isSnapshot,
    lines: [
      ...(address ? [] : ['// the file does not say where it is from: name the address']),
      'source: http({',
      `  url: ${quoted(address?.url ?? `https://example.com/${pipeline}`)},`,
      ...queryLines(query),
      ...(credentials ? [`  auth: ${credentials.code},`] : []),
      ...(pages ? [`  // ${pages.note.slice(0, 110)}`] : []),
      ...(pages?.call ? [`  pages: ${pages.call},`] : []),
      ...(form.form !== 'json' || at !== undefined ? [`  records: ${formText(form)},`] : []),
      ...(isSnapshot
        ? [
            "  // each run asks for everything. If the API can be asked by time: query: { since: '{start}', until: '{end}' }",
            '  snapshot: true,',
          ]
        : []),
      '}),',
    ],
  };
}

function queryLines(query: [string, string][]): string[] {
  if (query.length === 0) return [];
  const parts = query.map(([name, code]) => `${keyText(name)}: ${code}`);
  const short = `  query: { ${parts.join(', ')} },`;
  return short.length <= 116 ? [short] : ['  query: {', ...parts.map((part) => `    ${part},`), '  },'];
}

function formText(form: RecordForm): string {
  if (form.form === 'ndjson') return "{ form: 'ndjson' }";
  if (form.form === 'csv') return csvText(form);
  return form.form === 'json' && form.at !== undefined
    ? `{ form: 'json', at: ${quoted(form.at)} }`
    : "{ form: 'json' }";
}

function csvText({ delimiter, quote, header, nullText }: CsvForm): string {
  const parts = [
    "form: 'csv'",
    ...(delimiter === undefined ? [] : [`delimiter: ${quoted(delimiter)}`]),
    ...(quote === false ? ['quote: false'] : []),
    ...(Array.isArray(header) ? [`header: ${listText(header.map(quoted))}`] : []),
    ...(nullText === undefined ? [] : [`nullText: ${quoted(nullText)}`]),
  ];
  const short = `{ ${parts.join(', ')} }`;
  return short.length <= 100 && !short.includes('\n')
    ? short
    : `{\n${parts.map((part) => `      ${part},\n`).join('')}    }`;
}

function listText(items: string[]): string {
  const short = `[${items.join(', ')}]`;
  return short.length <= 100 ? short : `[\n${items.map((item) => `        ${item},\n`).join('')}      ]`;
}

function authText(auth: HttpAuth | undefined, user: string | undefined, pipeline: string) {
  if (user !== undefined) {
    return { name: 'basic', code: `basic(${quoted(user)}, secret('${pipeline.toUpperCase()}_PASSWORD'))` };
  }
  if (auth?.kind === 'bearer') return { name: 'bearer', code: `bearer(secret(${quoted(auth.token.secret)}))` };
  if (auth?.kind === 'apiKey')
    return { name: 'apiKey', code: `apiKey({ header: ${quoted(auth.name)} }, secret(${quoted(auth.value.secret)}))` };
  return undefined;
}

/** the day of a folder is the day of an interval */
function datedPrefix(prefix: string): string {
  return prefix
    .replace(/\d{4}-\d\d-\d\d(?=\/|$)/, '{start:date}')
    .replace(/(^|\/)\d{4}\/\d\d\/\d\d\/\d\d\//, '$1{start:%Y/%m/%d/%H}/')
    .replace(/(^|\/)\d{4}\/\d\d\/\d\d\//, '$1{start:%Y/%m/%d}/');
}
