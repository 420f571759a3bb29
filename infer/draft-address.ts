import { quoted } from './render-fields.js';

/** an address as a definition declares it */
export interface DraftAddress {
  url: string;
  /** parameter -> its text as code */
  query: Record<string, string>;
  /** as they were given */
  given: Record<string, string>;
  /** names of secrets -> their values, which are in no file */
  secrets: Record<string, string>;
  /** parameters that bound an interval */
  from?: string;
  to?: string;
  /** user of basic authentication */
  user?: string;
}

const secretName =
  /^(api_?key|app_?key|key|access_?token|auth_?token|token|client_?secret|password|secret|appid|app_?id|sig|signature)$/i;
/** words of a parameter's name, as in `updated_since`, `created[gte]` and `endTime` */
const fromWords = new Set(['start', 'starttime', 'startdate', 'since', 'from', 'begin', 'after', 'gte', 'gt', 'min']);
const toWords = new Set(['end', 'endtime', 'enddate', 'until', 'to', 'before', 'lte', 'lt', 'max']);
const wordsOf = (name: string) =>
  name
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z]+/);

/** times become placeholders, keys become secrets: neither is part of a definition */
export function draftAddress(address: string, pipeline: string): DraftAddress {
  // braces of placeholders would be escaped
  const url = new URL(address);
  const prefix = pipeline.toUpperCase();
  const draft: DraftAddress = { url: '', query: {}, given: {}, secrets: {} };
  if (url.password) {
    draft.user = decodeURIComponent(url.username);
    draft.secrets[`${prefix}_PASSWORD`] = decodeURIComponent(url.password);
  }
  for (const [name, value] of url.searchParams) {
    draft.given[name] = value;
    const placeholder = placeholderOf(name, value);
    if (secretName.test(name) && !value.startsWith('{')) {
      const secret = `${prefix}_${name
        .replace(/([a-z])([A-Z])/g, '$1_$2')
        .replace(/\W/g, '_')
        .toUpperCase()}`;
      draft.secrets[secret] = value;
      draft.query[name] = `secret('${secret}')`;
    } else draft.query[name] = quoted(placeholder ?? value);
    const text = placeholder ?? value;
    if (/\{start\b/.test(text)) draft.from ??= name;
    if (/\{end\b/.test(text)) draft.to ??= name;
  }
  url.username = url.password = url.search = url.hash = '';
  draft.url = decodeBraces(url.href);
  return draft;
}

function placeholderOf(name: string, value: string): string | undefined {
  const words = wordsOf(name);
  const isEnd = words.some((word) => toWords.has(word));
  const end = isEnd ? 'end' : words.some((word) => fromWords.has(word)) ? 'start' : undefined;
  if (end === undefined) return undefined;
  if (/^\d{4}-\d\d-\d\dT/.test(value)) return `{${end}}`;
  if (/^\d{4}-\d\d-\d\d$/.test(value)) return `{${end}:date}`;
  if (/^[1-4]\d{9}$/.test(value)) return `{${end}:epoch}`;
  return /^[1-4]\d{12}$/.test(value) ? `{${end}:epochMs}` : undefined;
}

const decodeBraces = (href: string) => href.replaceAll('%7B', '{').replaceAll('%7D', '}');
